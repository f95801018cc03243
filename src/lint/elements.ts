/**
 * The Crowd HTML Elements and what may stand in and on them, as the SageMaker Developer Guide documents them
 * (Crowd HTML Elements Reference).
 */

/** What is documented of one element. */
export interface ElementRules {
  readonly attributes: readonly string[];
  /** Without these there is no task, or no answer. */
  readonly required: readonly string[];
  /** Elements that may stand directly in it and mean something there. */
  readonly regions: readonly string[];
  /** Regions that the reference calls required. */
  readonly requiredRegions: readonly string[];
  /** The element that it has to stand in, next to `crowd-form`. */
  readonly parent?: string;
  /** The attribute that takes the labels, with the documented limit. */
  readonly labels?: { readonly attribute: 'categories' | 'labels'; readonly documentedLimit?: number };
}

const INSTRUCTIONS = ['full-instructions', 'short-instructions'];

/** An element that a whole task is done with. */
function tool(attribute: 'categories' | 'labels', rules: Partial<ElementRules> & { readonly limit?: number; readonly optional?: string[] }): ElementRules {
  const { limit, optional = [], required = ['name', 'src', attribute], regions = [], requiredRegions = INSTRUCTIONS } = rules;
  return {
    attributes: [...new Set([...required, 'header', 'name', attribute, ...optional])],
    required,
    regions: [...INSTRUCTIONS, ...regions],
    requiredRegions,
    labels: { attribute, ...limit === undefined ? {} : { documentedLimit: limit } },
  };
}

/** An element of a form. */
function part(attributes: string, required: readonly string[] = [], rules: Partial<ElementRules> = {}): ElementRules {
  return { attributes: attributes.split(' ').filter((name) => name !== ''), required, regions: [], requiredRegions: [], ...rules };
}

const INPUT = 'allowed-pattern auto-focus auto-validate disabled error-message label max-length name placeholder required value';

export const ELEMENTS: { readonly [name: string]: ElementRules } = {
  'crowd-alert': part('dismissible type'),
  'crowd-badge': part('for icon label'),
  'crowd-bounding-box': tool('labels', { limit: 10, optional: ['initial-value'] }),
  'crowd-button': part('disabled form-action href icon icon-align icon-url loading target variant'),
  'crowd-card': part('heading image'),
  'crowd-checkbox': part('checked disabled name required value', ['name']),
  'crowd-classifier': tool('categories', {
    required: ['categories', 'header', 'name'], regions: ['classification-target'], requiredRegions: ['classification-target', ...INSTRUCTIONS],
  }),
  'crowd-classifier-multi-select': tool('categories', {
    required: ['categories', 'header', 'name'], optional: ['exclusion-category'], regions: ['classification-target'],
    requiredRegions: ['classification-target', ...INSTRUCTIONS],
  }),
  'crowd-entity-annotation': tool('labels', { required: ['labels', 'name', 'text'], optional: ['initial-value', 'allow-overlap'] }),
  'crowd-fab': part('disabled icon label title'),
  'crowd-form': part('action method'),
  'crowd-icon-button': part('disabled icon'),
  'crowd-image-classifier': tool('categories', {
    limit: 10, required: ['categories', 'header', 'name', 'src'], optional: ['overlay'], regions: ['worker-comment'],
  }),
  'crowd-image-classifier-multi-select': tool('categories', {
    required: ['categories', 'header', 'name', 'src'], optional: ['exclusion-category'], regions: ['worker-comment'],
  }),
  'crowd-input': part(`${INPUT} min-length type`, ['name']),
  'crowd-instance-segmentation': tool('labels', {}),
  'crowd-instructions': part('link-text link-type', [], {
    regions: ['detailed-instructions', 'negative-example', 'positive-example', 'short-summary'],
  }),
  'crowd-keypoint': tool('labels', { optional: ['initial-value'] }),
  'crowd-line': tool('labels', { limit: 10, optional: ['initial-value', 'label-colors'] }),
  'crowd-modal': part('link-text link-type'),
  'crowd-polygon': tool('labels', { optional: ['initial-value'] }),
  'crowd-polyline': tool('labels', { limit: 10, optional: ['initial-value', 'label-colors'] }),
  'crowd-radio-button': part('checked disabled name value', ['name'], { parent: 'crowd-radio-group' }),
  'crowd-radio-group': part('allow-empty-selection'),
  'crowd-semantic-segmentation': tool('labels', { optional: ['initial-value'] }),
  'crowd-slider': part('disabled editable max min name pin required secondary-progress step value', ['name']),
  'crowd-tab': part('header', ['header'], { parent: 'crowd-tabs' }),
  'crowd-tabs': part(''),
  'crowd-text-area': part(`${INPUT} char-counter max-rows rows`, ['name']),
  'crowd-toast': part('duration text'),
  'crowd-toggle-button': part('checked disabled invalid name required value', ['name']),
};

/** Elements that exist only in some of the crowd elements, and their attributes. */
export const REGIONS: { readonly [name: string]: readonly string[] } = {
  'classification-target': [],
  'detailed-instructions': [],
  'full-instructions': ['header'],
  'negative-example': [],
  'positive-example': [],
  'short-instructions': [],
  'short-summary': [],
  'worker-comment': ['header', 'link-text', 'placeholder'],
};

/** Attributes that any element may have. */
export const GLOBAL_ATTRIBUTES = /^(id|class|style|title|hidden|lang|dir|slot|part|tabindex|role|translate|draggable|data-.+|aria-.+|on[a-z]+)$/;

const WORDS = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** The elements of HTML, those that are out of use but still shown included. */
export const HTML_ELEMENTS = WORDS('a abbr acronym address area article aside audio b base bdi bdo big blockquote body br button canvas caption '
  + 'center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form '
  + 'h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link listing main map mark marquee menu meta '
  + 'meter nav nobr noembed noframes noscript object ol optgroup option output p param picture pre progress q rb rp rt rtc ruby s samp '
  + 'script search section select selectedcontent slot small source span strike strong style sub summary sup table tbody td template '
  + 'textarea tfoot th thead time title tr track tt u ul var video wbr xmp');

/** Elements that have no end tag. */
export const VOID_ELEMENTS = WORDS('area base br col embed hr img input link meta param source track wbr');

/** Elements whose end tag HTML lets one leave out. */
export const OPTIONAL_END = WORDS('body caption colgroup dd dt head html li optgroup option p rb rp rt rtc tbody td tfoot th thead tr');

/** Elements whose end tag may stand without a start tag: HTML lets one leave that out, or browsers make it up. */
export const OPTIONAL_START = WORDS('body head html p');

/** Elements of SVG and MathML are not checked: they have names of their own. */
export const FOREIGN = WORDS('svg math');
