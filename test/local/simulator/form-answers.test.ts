import { PNG } from './harness';
import { JsonObject, SimulatorError, TaskType } from '../../../src/local/simulator';
import { answerOfForm } from '../../../src/local/simulator/form-answers';

const BOX = { label: 'cup', left: 1, top: 2, width: 3, height: 4 };
const BOXES = { boundingBox: { boundingBoxes: [BOX], inputImageProperties: { width: 600, height: 400 } } };
const mask = PNG.toString('base64');
const MASK = {
  'crowd-semantic-segmentation': {
    inputImageProperties: { width: 1, height: 1 }, labelMappings: { cup: { color: '#1f77b4' } }, labeledImage: { pngImageData: mask },
  },
};
const CLASS = { 'crowd-image-classifier': { label: 'cup' } };

test.each<[TaskType, JsonObject, unknown]>([
  ['ImageMultiClass', CLASS, { kind: 'classification', label: 'cup' }],
  ['ImageMultiClassMultiLabel', { 'crowd-image-classifier-multi-select': { labels: ['cup', 'table'] } }, { kind: 'multi-label', labels: ['cup', 'table'] }],
  ['BoundingBox', BOXES, { kind: 'bounding-box', image: { width: 600, height: 400 }, boxes: [BOX] }],
  ['AdjustmentBoundingBox', { boundingBox: { ...BOXES.boundingBox, initialValueModified: true } },
    { kind: 'bounding-box', image: { width: 600, height: 400 }, boxes: [BOX] }],
  ['SemanticSegmentation', MASK, { kind: 'semantic-segmentation', mask, colors: { cup: '#1f77b4' }, unchanged: false }],
  ['AdjustmentSemanticSegmentation', { 'crowd-semantic-segmentation': { ...MASK['crowd-semantic-segmentation'], initialValueModified: false } },
    { kind: 'semantic-segmentation', mask, colors: { cup: '#1f77b4' }, unchanged: true }],
  ['VerificationBoundingBox', { 'crowd-image-classifier': { label: 'bad', workerComment: 'too wide' } },
    { kind: 'verification', label: 'bad', comment: 'too wide' }],
  ['VerificationSemanticSegmentation', CLASS, { kind: 'verification', label: 'cup' }],
  ['Custom', { anything: [1] }, { kind: 'custom', value: { anything: [1] } }],
])('%s: the output of its element', (type, form, answer) => {
  expect(answerOfForm(type, form)).toEqual(answer);
});

test.each<[TaskType, JsonObject]>([
  ['ImageMultiClass', {}],
  ['ImageMultiClass', { kind: CLASS['crowd-image-classifier'] }],
  ['ImageMultiClass', { 'crowd-image-classifier': 'cup' }],
  ['ImageMultiClass', { 'crowd-image-classifier': { label: 1 } }],
  ['ImageMultiClassMultiLabel', { 'crowd-image-classifier-multi-select': { labels: 'cup' } }],
  ['ImageMultiClassMultiLabel', { 'crowd-image-classifier-multi-select': { labels: [null] } }],
  ['BoundingBox', { boundingBox: { boundingBoxes: [BOX] } }],
  ['BoundingBox', { boundingBox: { ...BOXES.boundingBox, boundingBoxes: {} } }],
  ['BoundingBox', { boundingBox: { ...BOXES.boundingBox, boundingBoxes: [null] } }],
  ['BoundingBox', { boundingBox: { ...BOXES.boundingBox, boundingBoxes: [{ ...BOX, left: '1' }] } }],
  ['SemanticSegmentation', { 'crowd-semantic-segmentation': { ...MASK['crowd-semantic-segmentation'], labeledImage: {} } }],
  ['SemanticSegmentation', { 'crowd-semantic-segmentation': { ...MASK['crowd-semantic-segmentation'], labelMappings: { cup: { color: 'blue' } } } }],
  ['VerificationBoundingBox', { 'crowd-image-classifier': { workerComment: 'x' } }],
])('%s: %j is no answer', (type, form) => {
  expect(() => answerOfForm(type, form)).toThrow(SimulatorError);
});
