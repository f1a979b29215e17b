// The complete example of a Deployment, with every part of it in its place, as the manual's reader writes it, and the spec that is answered for it.

export const MANUAL_EXAMPLE = `kind: Deployment
apiVersion: v1
metadata: {name: click-counter, displayName: Click counter, labels: {env: staging}}
spec:
  state: RUNNING
  deploymentTargetName: main
  upgradeStrategy: {kind: stateful}
  restoreStrategy: {kind: latest_state, allowNonRestoredState: true}
  maxSavepointCreationAttempts: 4
  maxJobCreationAttempts: 4
  jobFailureExpirationTime: 2 hour
  template:
    metadata: {annotations: {flink.queryable-state.enabled: 'false'}}
    spec:
      artifact:
        kind: jar
        jarUri: s3://jobs/click-counter.jar
        additionalDependencies: [s3://jobs/udfs.jar, s3://jobs/countries.csv]
        mainArgs: --topic clicks --window 60
        entryClass: com.example.ClickCounter
        flinkVersion: "1.19"
        flinkImageRepository: flink
        flinkImageTag: 1.19.1-java17
      flinkConfiguration:
        execution.checkpointing.interval: 10s
        execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION
        high-availability.type: kubernetes
        state.backend: hashmap
      parallelism: 2
      numberOfTaskManagers: 2
      resources: {jobmanager: {cpu: 1, memory: 1g}, taskmanager: {cpu: 1.0, memory: 2g}}
      logging: {loggingProfile: default, log4jLoggers: {"": INFO, com.example: DEBUG}}
      kubernetes: {pods: {envVars: [{name: REGION, value: north}]}}
`;
