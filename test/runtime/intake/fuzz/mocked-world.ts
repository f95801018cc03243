export { mockedWorld as awsWorld } from '../../../support/handler-world';
