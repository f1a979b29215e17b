import { createFlinkRest } from '../../flink/rest/create-flink-rest.ts';
import { flinkContract, type FlinkUnderTest } from '../contracts/flink-contract.ts';
const real = async (url: string, jarPath: string, dir: string): Promise<FlinkUnderTest> => {
  const pool = createFlinkRest();
  return { rest: pool.rest(url), jarPath, entryClass: 'org.apache.flink.streaming.examples.windowing.TopSpeedWindowing', savepointRoot: `file://${dir}/csp`, checkpointRoot: `file://${dir}/cck`, stop: () => pool.close() };
};
flinkContract('real 1.20', () => real('http://127.0.0.1:28081', '/tmp/frp/p120/job/flink-examples-streaming-1.20.0-TopSpeedWindowing.jar', '/tmp/frp/p120'));
flinkContract('real 2.3', () => real('http://127.0.0.1:38081', '/tmp/frp/p230/job/flink-examples-streaming-2.3.0-TopSpeedWindowing.jar', '/tmp/frp/p230'));
