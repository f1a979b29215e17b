// The program that CDK runs: settings in, templates out. A wrong setting is one sentence, and no stack trace.
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { SettingProblem } from './context-values.ts';
import { readSettings, type Settings } from './settings.ts';
import { createStack } from './stack.ts';

/** Ways of CDK that are right, and off where nobody asks for them. */
const WAYS = {
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/aws-kms:reduceCrossAccountRegionPolicyScope': true,
  '@aws-cdk/aws-lambda:recognizeLayerVersion': true,
  '@aws-cdk/aws-lambda:recognizeVersionProps': true,
  '@aws-cdk/aws-ecs:arnFormatIncludesClusterName': true,
  '@aws-cdk/aws-ecs:disableExplicitDeploymentControllerForCircuitBreaker': true,
  '@aws-cdk/aws-rds:lowercaseDbIdentifier': true,
  '@aws-cdk/aws-s3:createDefaultLoggingPolicy': true,
  '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy': true,
};

const app = new App({ context: WAYS });
createStack(app, settingsOf(app));
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();

function settingsOf({ node }: App): Settings {
  try {
    return readSettings(node.getAllContext() as Record<string, unknown>);
  } catch (error) {
    if (!(error instanceof SettingProblem)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
