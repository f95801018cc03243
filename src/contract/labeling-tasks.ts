/**
 * The image task types of Ground Truth: what each needs and where its functions live.
 * Account ids are strings, because one begins with a zero.
 */
export type BuiltInTaskType =
  | 'ImageMultiClass' | 'ImageMultiClassMultiLabel' | 'BoundingBox' | 'SemanticSegmentation'
  | 'AdjustmentBoundingBox' | 'AdjustmentSemanticSegmentation' | 'VerificationBoundingBox' | 'VerificationSemanticSegmentation';

/** `Custom`: the user's own functions prepare and consolidate it, and its page may have any crowd element. */
export type LabelingTaskType = BuiltInTaskType | 'Custom';

/** The element of a built-in task's page, with whose answers the built-in consolidation makes labels. */
export interface TaskElement {
  readonly element: string;
  /** The `name` attribute that the built-in consolidation expects. */
  readonly elementName: string;
  /** The attribute of the element that takes the labels. */
  readonly labelsAttribute: 'categories' | 'labels';
}

/** The labels that a task adjusts or verifies. */
export interface EarlierLabels {
  readonly kind: 'boxes' | 'masks';
  /** `type` in their metadata. */
  readonly metadataType: string;
  /** Workers change them; false: they judge them. */
  readonly adjusted: boolean;
}

/** What a task type demands of its labels, its label attribute and its worker template. */
export interface LabelingTaskRules {
  readonly type: LabelingTaskType;
  /** Whether the label attribute name must end in `-ref` (and must not, where false). Undefined: it may. */
  readonly attributeEndsWithRef?: boolean;
  readonly minLabels: number;
  /** Undefined: no limit. */
  readonly maxLabels?: number;
  /** Objects in one data set (Developer Guide, input data quotas). */
  readonly dataSetQuota: number;
  /** Undefined: any. */
  readonly page?: TaskElement;
  /** Undefined: images need no label to begin with. */
  readonly earlier?: EarlierLabels;
  /** The default label attribute of a project. */
  readonly defaultAttribute: string;
}

const BOX_PAGE: TaskElement = { element: 'crowd-bounding-box', elementName: 'boundingBox', labelsAttribute: 'labels' };
const MASK_PAGE: TaskElement = {
  element: 'crowd-semantic-segmentation', elementName: 'crowd-semantic-segmentation', labelsAttribute: 'labels',
};
const CLASS_PAGE: TaskElement = { element: 'crowd-image-classifier', elementName: 'crowd-image-classifier', labelsAttribute: 'categories' };

const BOXES: Omit<EarlierLabels, 'adjusted'> = { kind: 'boxes', metadataType: 'groundtruth/object-detection' };
const MASKS: Omit<EarlierLabels, 'adjusted'> = { kind: 'masks', metadataType: 'groundtruth/semantic-segmentation' };

export const LABELING_TASKS: { readonly [type in LabelingTaskType]: LabelingTaskRules } = {
  ImageMultiClass: {
    type: 'ImageMultiClass', attributeEndsWithRef: false, minLabels: 2, dataSetQuota: 100_000, page: CLASS_PAGE, defaultAttribute: 'label',
  },
  ImageMultiClassMultiLabel: {
    type: 'ImageMultiClassMultiLabel', attributeEndsWithRef: false, minLabels: 2, maxLabels: 50, dataSetQuota: 100_000,
    page: {
      element: 'crowd-image-classifier-multi-select', elementName: 'crowd-image-classifier-multi-select', labelsAttribute: 'categories',
    },
    defaultAttribute: 'labels',
  },
  BoundingBox: {
    type: 'BoundingBox', attributeEndsWithRef: false, minLabels: 1, maxLabels: 50, dataSetQuota: 100_000,
    page: BOX_PAGE, defaultAttribute: 'boxes',
  },
  SemanticSegmentation: {
    type: 'SemanticSegmentation', attributeEndsWithRef: true, minLabels: 1, dataSetQuota: 20_000,
    page: MASK_PAGE, defaultAttribute: 'mask-ref',
  },
  AdjustmentBoundingBox: {
    type: 'AdjustmentBoundingBox', attributeEndsWithRef: false, minLabels: 1, maxLabels: 50, dataSetQuota: 100_000,
    page: BOX_PAGE, earlier: { ...BOXES, adjusted: true }, defaultAttribute: 'adjusted-boxes',
  },
  AdjustmentSemanticSegmentation: {
    type: 'AdjustmentSemanticSegmentation', attributeEndsWithRef: true, minLabels: 1, dataSetQuota: 20_000,
    page: MASK_PAGE, earlier: { ...MASKS, adjusted: true }, defaultAttribute: 'adjusted-mask-ref',
  },
  VerificationBoundingBox: {
    type: 'VerificationBoundingBox', attributeEndsWithRef: false, minLabels: 2, dataSetQuota: 100_000,
    page: CLASS_PAGE, earlier: { ...BOXES, adjusted: false }, defaultAttribute: 'boxes-verdict',
  },
  VerificationSemanticSegmentation: {
    // the guide does not say which of its two quotas holds for it: the lower one
    type: 'VerificationSemanticSegmentation', attributeEndsWithRef: false, minLabels: 2, dataSetQuota: 20_000,
    page: CLASS_PAGE, earlier: { ...MASKS, adjusted: false }, defaultAttribute: 'mask-verdict',
  },
  Custom: { type: 'Custom', minLabels: 0, dataSetQuota: 100_000, defaultAttribute: 'answer' },
};

/** Attributes that our own messages carry: a label under one of these names would be lost among them. */
export const RESERVED_ATTRIBUTES: readonly string[] = [
  'offer-id', 'dataset-objectid-attribute-name', 'drop-key', 'drop-sha256', 'image-width', 'image-height', 'inverse-transform',
  'rendition', 'tile-row', 'tile-column', 'tile-rows', 'tile-columns', 'image-attributes', 'pre-label', 'instructions-version',
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
