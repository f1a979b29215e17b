// The API: a function behind an HTTP API for everything that is answered in one piece, and one behind a Function URL for what streams. Who asks is
// checked by drey itself, by its tokens or the JWTs of the issuer.
import { CfnOutput, Duration, Validations } from 'aws-cdk-lib';
import { ApiMapping, DomainName, HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { type FunctionUrl, FunctionUrlAuthType, InvokeMode } from 'aws-cdk-lib/aws-lambda';
import { CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { apiEnvironmentOf, type Foundation, grantSecrets } from './foundation.ts';
import { createFunction, type DreyFunction } from './lambda-function.ts';
import { createLogGroup } from './log-group.ts';
import type { DomainChoice } from './settings.ts';
import { grantBlobs } from './storage.ts';

export interface Api {
  readonly httpApi: HttpApi;
  readonly handler: DreyFunction;
  readonly stream: DreyFunction;
}

/** An HTTP API gives up after 30 s. */
const ANSWER_LIMIT = Duration.seconds(29);
/** Who listens longer asks again. */
const STREAM_LIMIT = Duration.minutes(5);

export function createApi(parent: Construct, foundation: Foundation): Api {
  const scope = new Construct(parent, 'Api');
  const handler = apiFunction(scope, foundation, 'Handler');
  const stream = apiFunction(scope, foundation, 'Stream');
  const httpApi = createHttpApi(scope, foundation, handler);
  const url = stream.fn.addFunctionUrl({ authType: FunctionUrlAuthType.NONE, invokeMode: InvokeMode.RESPONSE_STREAM });
  output(scope, { httpApi, url, domain: foundation.settings.domain });
  return { httpApi, handler, stream };
}

function apiFunction(scope: Construct, foundation: Foundation, id: 'Handler' | 'Stream'): DreyFunction {
  const { settings, secrets, storage } = foundation;
  const made = createFunction(scope, foundation, {
    id,
    description: id === 'Handler' ? 'The API of drey' : 'The API of drey, for answers that stream',
    bundle: 'lambda',
    handler: id === 'Handler' ? 'api.handler' : 'api.stream',
    environment: apiEnvironmentOf(foundation),
    timeout: id === 'Handler' ? ANSWER_LIMIT : STREAM_LIMIT,
    memorySize: 512,
    ...(settings.apiConcurrency !== undefined && { more: { reservedConcurrentExecutions: settings.apiConcurrency } }),
  });
  grantSecrets(foundation, made.role, [secrets.adminToken]);
  grantBlobs(storage, made.role);
  return made;
}

function createHttpApi(scope: Construct, { settings }: Foundation, { fn }: DreyFunction): HttpApi {
  const httpApi = new HttpApi(scope, 'Http', {
    apiName: settings.name,
    createDefaultStage: false,
    disableExecuteApiEndpoint: settings.domain !== undefined,
    defaultIntegration: new HttpLambdaIntegration('Integration', fn),
  });
  const stage = new HttpStage(scope, 'Stage', {
    httpApi,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: 100, burstLimit: 200 },
    accessLogSettings: { destination: new LogGroupLogDestination(createLogGroup(scope, 'AccessLog', settings)) },
  });
  if (settings.domain !== undefined) createDomain(scope, { httpApi, stage, domain: settings.domain });
  Validations.of(httpApi).acknowledge({
    id: 'AwsSolutions-APIG4',
    reason: 'drey checks the token of every request itself, and answers without one only whether it is well and how the API is described.',
  });
  return httpApi;
}

interface DomainOrder {
  readonly httpApi: HttpApi;
  readonly stage: HttpStage;
  readonly domain: DomainChoice;
}

function createDomain(scope: Construct, { httpApi, stage, domain }: DomainOrder): void {
  const domainName = new DomainName(scope, 'Domain', {
    domainName: domain.name,
    certificate: Certificate.fromCertificateArn(scope, 'Certificate', domain.certificateArn),
  });
  new ApiMapping(scope, 'Mapping', { api: httpApi, domainName, stage });
  new CfnOutput(scope, 'DomainTarget', { description: 'What a DNS record of the domain must point to', value: domainName.regionalDomainName });
  if (domain.hostedZoneId === undefined) return;
  new CfnRecordSet(scope, 'Record', {
    hostedZoneId: domain.hostedZoneId,
    name: domain.name,
    type: 'A',
    aliasTarget: { dnsName: domainName.regionalDomainName, hostedZoneId: domainName.regionalHostedZoneId },
  });
}

interface Addresses {
  readonly httpApi: HttpApi;
  readonly url: FunctionUrl;
  readonly domain: DomainChoice | undefined;
}

function output(scope: Construct, { httpApi, url, domain }: Addresses): void {
  const value = domain === undefined ? httpApi.apiEndpoint : `https://${domain.name}`;
  new CfnOutput(scope, 'Url', { description: 'The API', value });
  new CfnOutput(scope, 'StreamUrl', { description: 'The API for answers that stream', value: url.url });
}
