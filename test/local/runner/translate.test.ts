import { translate } from '../../../src/local/runner/translate';
import { examine } from '../../../src/local/runner/treatments';

const connection = { endpoint: 'http://127.0.0.1:1', region: 'eu-west-1', account: '123456789012' };

describe('templates for the emulator', () => {
  test('the check of the bootstrap version goes, other parameters stay', () => {
    const translated = translate({
      Rules: { CheckBootstrapVersion: {} },
      Parameters: { BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>' }, Mine: { Type: 'String' } },
      Resources: {},
    }, connection, 'stack');
    expect(translated).toEqual({ Parameters: { Mine: { Type: 'String' } }, Resources: {} });
  });

  test('conditions get the values that the emulator does not know', () => {
    const { Conditions } = translate({
      Conditions: { Here: { 'Fn::Or': [{ 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] }, { Condition: 'Other' }] } }, Resources: {},
    }, connection, 'stack');
    expect(Conditions).toEqual({ Here: { 'Fn::Or': [{ 'Fn::Equals': ['eu-west-1', 'eu-west-1'] }, { Condition: 'Other' }] } });
  });

  test('what the emulator refuses goes, and references to it find a stand-in', () => {
    const { Resources, Outputs } = translate({
      Resources: {
        Team: { Type: 'AWS::SageMaker::Workteam' },
        Topic: { Type: 'AWS::SNS::Topic', DependsOn: ['Team'], Properties: { DisplayName: { 'Fn::GetAtt': ['Team', 'WorkteamName'] } } },
      },
      Outputs: { Team: { Value: { Ref: 'Team' } } },
    }, connection, 'stack');
    expect(Resources).toEqual({ Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'stack-Team' } } });
    expect(Outputs).toEqual({ Team: { Value: 'arn:aws:sagemaker:eu-west-1:123456789012:workteam/private-crowd/stack-Team' } });
  });
});

describe('properties of templates', () => {
  test('are sorted by who sees to them', () => {
    const { owed, ignored } = examine({
      Resources: {
        F: { Type: 'AWS::Lambda::Function', Properties: { ReservedConcurrentExecutions: 1, MemorySize: 512, Timeout: 3 } },
        C: { Type: 'Custom::Anything', Properties: { Whatever: 1 } },
      },
    });
    expect(owed).toEqual([{ logicalId: 'F', type: 'AWS::Lambda::Function', property: 'ReservedConcurrentExecutions' }]);
    expect(ignored).toMatchObject([{ logicalId: 'F', property: 'MemorySize' }]);
  });

  test('that nobody knows fail the run, all at once, with what to do', () => {
    expect(() => examine({
      Resources: {
        Q: { Type: 'AWS::SQS::Queue', Properties: { Colour: 'red' } },
        X: { Type: 'AWS::New::Thing', Properties: { Size: 1 } },
      },
    })).toThrow(/AWS::SQS::Queue Colour \(of Q\)\n {2}AWS::New::Thing \(X\)[^]*treatments\.ts/);
  });

  test('an unknown type without properties fails the run too', () => {
    expect(() => examine({ Resources: { X: { Type: 'AWS::New::Thing' } } })).toThrow(/AWS::New::Thing/);
  });
});
