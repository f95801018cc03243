/**
 * The built-in task types of Ground Truth for images: what each needs and where its functions live.
 * Account ids are strings, because one begins with a zero.
 */
export type LabelingTaskType = 'ImageMultiClass' | 'ImageMultiClassMultiLabel' | 'BoundingBox' | 'SemanticSegmentation';

/** What a task type demands of its labels, its label attribute and its worker template. */
export interface LabelingTaskRules {
  /** The suffix of the built-in functions `PRE-<suffix>` and `ACS-<suffix>`. */
  readonly type: LabelingTaskType;
  /** Whether the label attribute name must end in `-ref` (and must not, where false). */
  readonly attributeEndsWithRef: boolean;
  readonly minLabels: number;
  /** Undefined: no limit. */
  readonly maxLabels?: number;
  /** Objects in one data set (Developer Guide, input data quotas). */
  readonly dataSetQuota: number;
  /** The crowd element of the worker page. */
  readonly element: string;
  /** The `name` attribute that the built-in consolidation expects. */
  readonly elementName: string;
  /** The attribute of the element that takes the labels. */
  readonly labelsAttribute: 'categories' | 'labels';
  /** The default label attribute of a project. */
  readonly defaultAttribute: string;
}

export const LABELING_TASKS: { readonly [type in LabelingTaskType]: LabelingTaskRules } = {
  ImageMultiClass: {
    type: 'ImageMultiClass', attributeEndsWithRef: false, minLabels: 2, dataSetQuota: 100_000,
    element: 'crowd-image-classifier', elementName: 'crowd-image-classifier', labelsAttribute: 'categories', defaultAttribute: 'label',
  },
  ImageMultiClassMultiLabel: {
    type: 'ImageMultiClassMultiLabel', attributeEndsWithRef: false, minLabels: 2, maxLabels: 50, dataSetQuota: 100_000,
    element: 'crowd-image-classifier-multi-select', elementName: 'crowd-image-classifier-multi-select', labelsAttribute: 'categories',
    defaultAttribute: 'labels',
  },
  BoundingBox: {
    type: 'BoundingBox', attributeEndsWithRef: false, minLabels: 1, maxLabels: 50, dataSetQuota: 100_000,
    element: 'crowd-bounding-box', elementName: 'boundingBox', labelsAttribute: 'labels', defaultAttribute: 'boxes',
  },
  SemanticSegmentation: {
    type: 'SemanticSegmentation', attributeEndsWithRef: true, minLabels: 1, dataSetQuota: 20_000,
    element: 'crowd-semantic-segmentation', elementName: 'crowd-semantic-segmentation', labelsAttribute: 'labels',
    defaultAttribute: 'mask-ref',
  },
};

/** Attributes that our own messages carry: a label under one of these names would be lost among them. */
export const RESERVED_ATTRIBUTES: readonly string[] = [
  'offer-id', 'dataset-objectid-attribute-name', 'drop-key', 'drop-sha256', 'image-width', 'image-height', 'inverse-transform',
  'rendition', 'tile-row', 'tile-column', 'tile-rows', 'tile-columns', 'image-attributes', 'pre-label',
];

/** The account that owns the built-in functions in each Region where Ground Truth exists (API reference of `HumanTaskConfig`). */
export const GROUND_TRUTH_ACCOUNTS: { readonly [region: string]: string } = {
  'us-east-1': '432418664414',
  'us-east-2': '266458841044',
  'us-west-2': '081040173940',
  'ca-central-1': '918755190332',
  'eu-west-1': '568282634449',
  'eu-west-2': '487402164563',
  'eu-central-1': '203001061592',
  'ap-northeast-1': '477331159723',
  'ap-northeast-2': '845288260483',
  'ap-south-1': '565803892007',
  'ap-southeast-1': '377565633583',
  'ap-southeast-2': '454466003867',
};
