/*
 * Stand-ins for the Crowd HTML Elements of Ground Truth's worker pages, for where Amazon's own script cannot be loaded.
 *
 * One really works with them, and what they submit is what the Developer Guide documents as the output of each element; how they look
 * is their own. They run in the worker page and know nothing of who serves it: the page around the frame gets a `FormMessage`.
 */
import annotorious from '@annotorious/annotorious/annotorious.css';
import { BoundingBox } from './bounding-box';
import { ImageClassifier, ImageClassifierMultiSelect } from './classifier';
import { make } from './dom';
import { Form, KNOWN } from './form';
import { SemanticSegmentation } from './segmentation';
import { PAGE_STYLE } from './style';

const ELEMENTS: { readonly [name: string]: CustomElementConstructor } = {
  'crowd-form': Form,
  'crowd-image-classifier': ImageClassifier,
  'crowd-image-classifier-multi-select': ImageClassifierMultiSelect,
  'crowd-bounding-box': BoundingBox,
  'crowd-semantic-segmentation': SemanticSegmentation,
};

/** Only once all of the page has been read: the elements look at what is in them. */
function begin(): void {
  // first, so that the page's own rules come after them
  document.head.prepend(make('style', {}, annotorious, PAGE_STYLE));
  Object.keys(ELEMENTS).forEach((name) => KNOWN.add(name));
  Object.entries(ELEMENTS).forEach(([name, element]) => customElements.define(name, element));
}

if (document.readyState === 'loading') {
  document.addEventListener('DOMContentLoaded', begin);
} else {
  begin();
}
