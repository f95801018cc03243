import { Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate, ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { GeoRestriction, PriceClass } from 'aws-cdk-lib/aws-cloudfront';
import { Bucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import {
  CloudFrontHostingOptions, InstructionHosting, Instructions, InstructionsPipeline, InstructionsSource, StreamingLabelingProject,
  StreamingLabelingProjectProps,
} from '../../src';
import { allows } from '../policy-evaluator';
import { FlatTemplate, newApp, newProject, newStack } from '../project-fixture';

const CERTIFICATE = 'arn:aws:acm:us-east-1:111122223333:certificate/0f0f0f0f-1111-2222-3333-444444444444';
const WEB_ACL = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/office/0f0f0f0f-1111-2222-3333-444444444444';

interface Hosted {
  readonly stack: Stack;
  readonly project: StreamingLabelingProject;
  readonly template: FlatTemplate;
}

function hosted(
  options: (stack: Stack) => CloudFrontHostingOptions = () => ({}), props: Partial<StreamingLabelingProjectProps> = {},
): Hosted {
  const stack = newStack();
  const project = newProject(stack, { instructionHosting: InstructionHosting.cloudFront(options(stack)), ...props });
  if (project._pushed) {
    new InstructionsPipeline(stack, 'Push', { project, source: InstructionsSource.s3({ bucket: new Bucket(stack, 'Texts', { versioned: true }), key: 'a.zip' }) });
  }
  return { stack, project, template: FlatTemplate.of(stack) };
}

const standard = hosted();
const { template } = standard;
const site = template.find('AWS::S3::Bucket', 'InstructionsSite');
const distribution = template.find('AWS::CloudFront::Distribution', 'InstructionsSite');
const config = (of: FlatTemplate) => of.find('AWS::CloudFront::Distribution', 'InstructionsSite').Properties.DistributionConfig;
const request = (of: FlatTemplate) => JSON.parse(of.find('Custom::StreamingLabelingInstructions', '').Properties.Request);

describe('a private bucket is the default', () => {
  const stack = newStack();
  const project = newProject(stack);
  const without = FlatTemplate.of(stack);

  test('and nothing of a site is there', () => {
    expect(Object.values(without.resources).filter(({ Type }) => Type.startsWith('AWS::CloudFront::'))).toEqual([]);
    expect(without.ofType('AWS::S3::Bucket')).toHaveLength(3);
    expect(without.template.findOutputs('*InstructionsUrl*')).toEqual({});
    expect(project.instructionHosting).toEqual({ bucket: project.outputBucket, keyPrefix: 'config/' });
  });

  test('a site leaves every other resource, and the configuration, as they are', () => {
    const { resources } = template;
    const changed = Object.keys(without.resources).filter((id) => JSON.stringify(resources[id]) !== JSON.stringify(without.resources[id]));
    expect(changed).toEqual([]);
    expect(template.configuration()).toEqual(without.configuration());
  });

  test('asked for by name, it is the same', () => {
    const named = newStack();
    newProject(named, { instructionHosting: InstructionHosting.privateBucket() });
    expect(Template.fromStack(named).toJSON()).toEqual(without.template.toJSON());
  });
});

describe('the bucket of the site', () => {
  test('is private, and retained', () => {
    expect(site).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(site.Properties).toEqual({
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true,
      },
    });
  });

  test('is read by this one distribution, and by TLS only; nobody may list it through it', () => {
    const { Statement } = template.find('AWS::S3::BucketPolicy', 'InstructionsSite').Properties.PolicyDocument;
    expect(Statement).toEqual([
      {
        Effect: 'Deny', Action: 's3:*', Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        Resource: [`<${site.id}.Arn>`, `<${site.id}.Arn>/*`],
      },
      {
        Effect: 'Allow', Action: 's3:GetObject', Principal: { Service: 'cloudfront.amazonaws.com' }, Resource: `<${site.id}.Arn>/*`,
        Condition: { StringEquals: { 'AWS:SourceArn': `arn:<AWS::Partition>:cloudfront::<AWS::AccountId>:distribution/<${distribution.id}>` } },
      },
    ]);
  });

  test('no bucket of the project is public, is a website, or is what CloudFront reads, but for this one', () => {
    for (const { resource: { Properties } } of template.ofType('AWS::S3::Bucket')) {
      expect(Properties).not.toHaveProperty('WebsiteConfiguration');
      expect(Properties).not.toHaveProperty('AccessControl');
      expect(Properties.PublicAccessBlockConfiguration.RestrictPublicBuckets).toBe(true);
    }
    expect(config(template).Origins.map(({ DomainName }: any) => DomainName)).toEqual([`<${site.id}.RegionalDomainName>`]);
  });
});

describe('the distribution', () => {
  test('takes reading alone, by HTTPS alone, and has its access to the bucket signed', () => {
    expect(config(template)).toMatchObject({
      Enabled: true, DefaultRootObject: 'index.html', HttpVersion: 'http2and3',
      DefaultCacheBehavior: {
        ViewerProtocolPolicy: 'https-only', AllowedMethods: ['GET', 'HEAD'], Compress: true, CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
      },
    });
    expect(config(template)).not.toHaveProperty('CacheBehaviors');
    const [origin] = config(template).Origins;
    const access = template.find('AWS::CloudFront::OriginAccessControl', 'InstructionsSite');
    expect(origin).toMatchObject({ OriginAccessControlId: `<${access.id}.Id>`, S3OriginConfig: { OriginAccessIdentity: '' } });
    expect(access.Properties.OriginAccessControlConfig).toMatchObject({ OriginAccessControlOriginType: 's3', SigningBehavior: 'always', SigningProtocol: 'sigv4' });
    expect(template.ofType('AWS::CloudFront::CloudFrontOriginAccessIdentity')).toEqual([]);
  });

  test('tells browsers to load nothing from elsewhere, to run nothing, and to let nobody frame it', () => {
    const policy = template.find('AWS::CloudFront::ResponseHeadersPolicy', 'InstructionsSite');
    expect(config(template).DefaultCacheBehavior.ResponseHeadersPolicyId).toBe(`<${policy.id}>`);
    const { SecurityHeadersConfig, CustomHeadersConfig, ...rest } = policy.Properties.ResponseHeadersPolicyConfig;
    expect(SecurityHeadersConfig).toEqual({
      ContentSecurityPolicy: {
        ContentSecurityPolicy: "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        Override: true,
      },
      ContentTypeOptions: { Override: true },
      FrameOptions: { FrameOption: 'DENY', Override: true },
      ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
      StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000, Override: true },
    });
    expect(CustomHeadersConfig.Items).toContainEqual({ Header: 'X-Robots-Tag', Value: 'noindex, nofollow', Override: true });
    expect(rest).not.toHaveProperty('CorsConfig');
  });

  test.each([
    ['/', '/index.html'], ['/9f2c/', '/9f2c/index.html'], ['/9f2c', '/9f2c/index.html'], ['/index.html', '/index.html'],
    ['/images/9f2c/good.jpg', '/images/9f2c/good.jpg'], ['/styles/9f2c.css', '/styles/9f2c.css'], ['/images/', '/images/index.html'],
  ])('asked for %s looks for %s', (uri, expected) => {
    const { Properties } = template.find('AWS::CloudFront::Function', 'InstructionsSite');
    expect(Properties.FunctionConfig.Runtime).toBe('cloudfront-js-2.0');
    const handler = new Function(`${Properties.FunctionCode}; return handler;`)();
    expect(handler({ request: { uri } })).toEqual({ uri: expected });
  });

  test('has names that no other stack of the account has, though CloudFront knows no Region', () => {
    const name = 'parts-<0 of <2 of <AWS::StackId> by /> by ->-site';
    expect(template.find('AWS::CloudFront::Function', '').Properties.Name).toBe(name);
    expect(template.find('AWS::CloudFront::OriginAccessControl', '').Properties.OriginAccessControlConfig.Name).toBe(name);
    expect(template.find('AWS::CloudFront::ResponseHeadersPolicy', '').Properties.ResponseHeadersPolicyConfig.Name).toBe(name);
    // at most 64 characters are allowed
    expect('p'.repeat(47).length + '-0f0f0f0f-site'.length).toBeLessThanOrEqual(64);
  });

  test('two of them can be in one stack', () => {
    const stack = newStack();
    newProject(stack, { instructionHosting: InstructionHosting.cloudFront() });
    newProject(stack, { projectName: 'second', instructionHosting: InstructionHosting.cloudFront() }, 'Second');
    Template.fromStack(stack).resourceCountIs('AWS::CloudFront::Distribution', 2);
  });

  test('is what one asks for', () => {
    const of = hosted((stack) => ({
      domainNames: ['*.labels.example.com', 'instructions.example.com'], certificate: Certificate.fromCertificateArn(stack, 'Certificate', CERTIFICATE),
      priceClass: PriceClass.PRICE_CLASS_100, webAclId: WEB_ACL, geoRestriction: GeoRestriction.allowlist('DE', 'FR'),
      accessLogBucket: new Bucket(stack, 'Logs', { objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED }), accessLogPrefix: 'site/',
    }));
    expect(config(of.template)).toMatchObject({
      Aliases: ['*.labels.example.com', 'instructions.example.com'], PriceClass: 'PriceClass_100', WebACLId: WEB_ACL,
      ViewerCertificate: { AcmCertificateArn: CERTIFICATE, MinimumProtocolVersion: 'TLSv1.2_2021', SslSupportMethod: 'sni-only' },
      Restrictions: { GeoRestriction: { RestrictionType: 'whitelist', Locations: ['DE', 'FR'] } },
      Logging: { Prefix: 'site/' },
    });
    expect(of.project.instructionHosting.url).toBe('https://instructions.example.com/');
  });
});

describe('what is published', () => {
  test('is what is deployed, for people alone where the page is known at synthesis', () => {
    expect(request(template)).toEqual({
      source: { kind: 'page', template: template.configuration().task.template },
      task: expect.objectContaining({ title: 'Parts', labels: [{ name: 'screw' }, { name: 'nut' }] }),
      site: { bucket: `<${site.id}>`, owner: 'DEPLOY' },
    });
    const folder = hosted(undefined, { instructions: Instructions.fromBucket(Bucket.fromBucketName(newStack(), 'T', 'texts')) }).template;
    expect(request(folder)).toMatchObject({ source: { kind: 'folder', bucket: 'texts' }, site: { owner: 'DEPLOY' } });
    expect(folder.configuration().instructions.version).toMatch(/\.Version>$/);
  });

  test('or what is pushed: the pipeline runs when the site comes', () => {
    const pushed = hosted(undefined, { instructions: Instructions.fromPipeline() }).template;
    expect(request(pushed).site.owner).toBe('PIPELINE');
    expect(pushed.configuration().instructions).toEqual({ owner: 'PIPELINE' });
    const publish = pushed.find('AWS::CodePipeline::Pipeline', '').Properties.Stages[2].Actions[0];
    expect(JSON.parse(publish.Configuration.UserParameters).site).toBe(`<${pushed.find('AWS::S3::Bucket', 'InstructionsSite').id}>`);
  });

  test('does not wait for the distribution, which takes minutes', () => {
    const needed = new Set<string>();
    const look = (id: string): void => {
      const resource = template.template.toJSON().Resources[id];
      if (resource && !needed.has(id)) {
        needed.add(id);
        [...JSON.stringify(resource).matchAll(/"(?:Ref|Fn::GetAtt)":\[?"([^"]+)"/g)].forEach(([, other]) => look(other));
        (resource.DependsOn ?? []).forEach(look);
      }
    };
    look(template.find('Custom::StreamingLabelingInstructions', '').id);
    expect(needed.has(site.id)).toBe(true);
    expect(needed.has(distribution.id)).toBe(false);
  });

  test('the stack and the project say where it is', () => {
    const { instructionHosting } = standard.project;
    expect(standard.stack.resolve(instructionHosting.url)).toEqual({ 'Fn::Join': ['', ['https://', { 'Fn::GetAtt': [distribution.id, 'DomainName'] }, '/']] });
    template.template.hasOutput('*', { Value: standard.stack.resolve(instructionHosting.url), Description: Match.stringLikeRegexp('whoever has this address') });
    expect(instructionHosting.bucket).toBe(standard.project.outputBucket);
    expect(instructionHosting.siteBucket!.bucketName).not.toBe(standard.project.outputBucket.bucketName);
  });
});

describe('least privilege', () => {
  const pushed = hosted(undefined, { instructions: Instructions.fromPipeline() }).template;
  const bucket = `<${pushed.find('AWS::S3::Bucket', 'InstructionsSite').id}.Arn>`;
  const table = `<${pushed.find('AWS::DynamoDB::Table', 'Ledger').id}.Arn>`;
  const publishers = ['ProjectInstructionsHandler', 'PushedInstructionsHandler'];

  test.each(publishers)('%s may write pages and what they show, and read pages', (role) => {
    const statements = pushed.statementsOf(role);
    ['index.html', 'v/index.html', 'images/h/a.jpg', 'styles/h.css'].forEach((key) => {
      expect([key, allows(statements, { action: 's3:PutObject', resource: `${bucket}/${key}` })]).toEqual([key, true]);
    });
    expect(allows(statements, { action: 's3:PutObject', resource: `${bucket}/other.html` })).toBe(false);
    expect(allows(statements, { action: 's3:GetObject', resource: `${bucket}/v/index.html` })).toBe(true);
    expect(allows(statements, { action: 's3:GetObject', resource: `${bucket}/images/a` })).toBe(false);
    expect(allows(statements, { action: 's3:DeleteObject', resource: `${bucket}/index.html` })).toBe(false);
    expect(allows(statements, { action: 's3:PutBucketPolicy', resource: bucket })).toBe(false);
  });

  test('nobody else reaches the bucket; a deploy reads of the ledger only what was pushed', () => {
    const others = pushed.ofType('AWS::IAM::Role').map(({ id }) => id).filter((id) => !publishers.some((each) => id.includes(each)));
    expect(others.length).toBeGreaterThan(3);
    others.forEach((id) => expect([id, JSON.stringify(pushed.statementsOf(id)).includes(bucket)]).toEqual([id, false]));
    const statements = pushed.statementsOf(publishers[0]);
    expect(statements.filter(({ Resource }) => Resource.includes(table)).map(({ Action }) => Action)).toEqual([['dynamodb:GetItem']]);
    expect(allows(template.statementsOf(publishers[0]), { action: 'dynamodb:GetItem', resource: table })).toBe(false);
  });

  test('without a folder the output bucket is not written to', () => {
    const output = `<${template.find('AWS::S3::Bucket', 'OutputBucket').id}.Arn>`;
    expect(allows(template.statementsOf(publishers[0]), { action: 's3:PutObject', resource: `${output}/config/a` })).toBe(false);
  });

  test('no action has a wildcard', () => {
    expect(pushed.allStatements().flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
  });
});

describe('a wrong option fails at synth, and the message says prop, value and rule', () => {
  const certificateIn = (region: string): ICertificate =>
    new Certificate(newStack({ env: { account: '111122223333', region } }, newApp()), 'C', { domainName: 'a.example.com' });
  const imported = (arn: string): ICertificate => Certificate.fromCertificateArn(newStack(), 'C', arn);
  const fine = { certificate: imported(CERTIFICATE) };

  test.each<[string, CloudFrontHostingOptions, ...string[]]>([
    ['names without a certificate', { domainNames: ['a.example.com'] }, 'domainNames is ["a.example.com"] and certificate is missing', 'give both, or none'],
    ['a certificate without names', fine, 'certificate is given and domainNames is missing', 'give both, or none'],
    ['no name', { ...fine, domainNames: [] }, 'domainNames has 0 entries', '1 to 100'],
    ['too many names', { ...fine, domainNames: Array.from({ length: 101 }, (_, n) => `a${n}.example.com`) }, 'domainNames has 101 entries', '1 to 100'],
    ['an address for a name', { ...fine, domainNames: ['https://a.example.com'] }, "domainNames[0] is 'https://a.example.com'", 'domain name in lower case'],
    ['upper case', { ...fine, domainNames: ['A.example.com'] }, "domainNames[0] is 'A.example.com'", 'lower case'],
    ['a name that is too long', { ...fine, domainNames: [`${'a.'.repeat(130)}com`] }, 'domainNames[0] has 263 characters', 'at most 253'],
    ['a name twice', { ...fine, domainNames: ['a.example.com', 'a.example.com'] }, "domainNames[1] is 'a.example.com', as is domainNames[0]", 'unique'],
    ['a certificate of another Region', { domainNames: ['a.example.com'], certificate: imported(CERTIFICATE.replace('us-east-1', 'eu-west-1')) },
      "certificate is in Region 'eu-west-1'", "'us-east-1' only"],
    ['a certificate of a stack elsewhere', { domainNames: ['a.example.com'], certificate: certificateIn('eu-west-1') }, "certificate is in Region 'eu-west-1'"],
    ['a regional web ACL', { webAclId: WEB_ACL.replace(':global/', ':regional/') }, 'webAclId is ', 'scope CLOUDFRONT'],
    ['a log prefix alone', { accessLogPrefix: 'a/' }, "accessLogPrefix is 'a/' and accessLogBucket is missing", 'give both'],
    ['several', { domainNames: ['A'], webAclId: 'x' }, 'InstructionHosting.cloudFront: 3 problems'],
  ])('%s', (_name, options, ...expected) => {
    let message = '';
    try {
      InstructionHosting.cloudFront(options);
    } catch (error) {
      message = (error as Error).message;
    }
    expected.forEach((part) => expect(message).toContain(part));
    expect(message).toMatch(/^InstructionHosting\.cloudFront: /);
  });

  test.each([undefined, ObjectOwnership.BUCKET_OWNER_ENFORCED])('a log bucket without ACLs (%s)', (objectOwnership) => {
    expect(() => hosted((stack) => ({ accessLogBucket: new Bucket(stack, 'Logs', { objectOwnership }) })))
      .toThrow(/accessLogBucket is 'Stack\/Logs', which has no ACLs; .*BUCKET_OWNER_PREFERRED/);
  });

  test('what is known only at deploy time passes', () => {
    const token = Token.asString({ Ref: 'Parameter' });
    expect(() => InstructionHosting.cloudFront({ domainNames: [token], certificate: imported(token), webAclId: token })).not.toThrow();
    expect(() => InstructionHosting.cloudFront({ domainNames: Token.asList({ Ref: 'Names' }), certificate: imported(CERTIFICATE) })).not.toThrow();
    expect(() => InstructionHosting.cloudFront({ domainNames: ['a.example.com'], certificate: certificateIn('us-east-1') })).not.toThrow();
    expect(() => hosted((stack) => ({ accessLogBucket: Bucket.fromBucketName(stack, 'Logs', 'logs') }))).not.toThrow();
  });
});
