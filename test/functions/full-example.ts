// The full example of the manual's page "Deployments" (seed 000), as a client would send it.

export const FULL_EXAMPLE = `kind: Deployment
apiVersion: v1
metadata:
  name: top-speed-windowing-example
  displayName: TopSpeedWindowing Example
  labels:
    env: testing
spec:
  state: RUNNING
  deploymentTargetName: default
  upgradeStrategy:
    kind: stateful
  restoreStrategy:
    kind: latest_state
    allowNonRestoredState: true
  maxSavepointCreationAttempts: 4
  maxJobCreationAttempts: 4
  jobFailureExpirationTime: 321 s
  template:
    metadata:
      annotations:
        flink.queryable-state.enabled: 'false'
        flink.security.ssl.enabled: 'false'
    spec:
      artifact:
        kind: jar
        jarUri: s3://mybucket/TopSpeedWindowing.jar
        additionalDependencies:
          - s3://mybucket/some_additional_library.jar
          - s3://mybucket/some_additional_resources
        mainArgs: --windowSize 10 --windowUnit minutes
        entryClass: org.apache.flink.streaming.examples.windowing.TopSpeedWindowing
        flinkVersion: 1.12
        flinkImageRegistry: registry.ververica.com/v2.11
        flinkImageRepository: flink
        flinkImageTag: 1.12.7-stream2-scala_2.12
      flinkConfiguration:
        execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION
        execution.checkpointing.interval: 10s
        high-availability: vvp-kubernetes
        state.backend: filesystem
      parallelism: 2
      numberOfTaskManagers: 2
      resources:
        jobmanager:
          cpu: 1
          memory: 1g
        taskmanager:
          cpu: 1.0
          memory: 2g
      logging:
        loggingProfile: default
        log4jLoggers:
          "": INFO
          org.apache.flink.streaming.examples: DEBUG
      kubernetes:
        pods:
          envVars:
            - name: KEY
              value: VALUE
`;

/** What is answered for it: kinds in upper case, numbers of text fields as text, nothing else different. */
export const FULL_ANSWER = {
  state: 'RUNNING',
  deploymentTargetName: 'default',
  upgradeStrategy: { kind: 'STATEFUL' },
  restoreStrategy: { kind: 'LATEST_STATE', allowNonRestoredState: true },
  maxSavepointCreationAttempts: 4,
  maxJobCreationAttempts: 4,
  jobFailureExpirationTime: '321 s',
  template: {
    metadata: { annotations: { 'flink.queryable-state.enabled': 'false', 'flink.security.ssl.enabled': 'false' } },
    spec: {
      artifact: {
        kind: 'JAR',
        jarUri: 's3://mybucket/TopSpeedWindowing.jar',
        additionalDependencies: ['s3://mybucket/some_additional_library.jar', 's3://mybucket/some_additional_resources'],
        mainArgs: '--windowSize 10 --windowUnit minutes',
        entryClass: 'org.apache.flink.streaming.examples.windowing.TopSpeedWindowing',
        flinkVersion: '1.12',
        flinkImageRegistry: 'registry.ververica.com/v2.11',
        flinkImageRepository: 'flink',
        flinkImageTag: '1.12.7-stream2-scala_2.12',
      },
      flinkConfiguration: {
        'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
        'execution.checkpointing.interval': '10s',
        'high-availability': 'vvp-kubernetes',
        'state.backend': 'filesystem',
      },
      parallelism: 2,
      numberOfTaskManagers: 2,
      resources: { jobmanager: { cpu: 1, memory: '1g' }, taskmanager: { cpu: 1, memory: '2g' } },
      logging: {
        loggingProfile: 'default',
        log4jLoggers: { '': 'INFO', 'org.apache.flink.streaming.examples': 'DEBUG' },
        log4j2ConfigurationTemplate: null,
      },
      kubernetes: { pods: { envVars: [{ name: 'KEY', value: 'VALUE' }] } },
    },
  },
};
