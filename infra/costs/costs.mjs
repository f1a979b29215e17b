// What drey costs on AWS in a month: `npm run costs` prints the table of docs/aws.md from the prices beside this file. What is assumed of the use is
// here; what drey does for it was counted (docs/benchmarks.md). Flink itself, and the state that it keeps, are not in it.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const HOURS = 730;
const MINUTES = HOURS * 60;
const DAYS = 30;

/** Of one Deployment in a day. */
const USE = { upgrades: 2, requests: 100, megabytesOfEvents: 0.1 };

/**
 * Temporal's actions. A sweep is a start by the schedule (2 actions) and three watches in a minute; where workers end soon it is one glance, and Amazon's
 * schedule starts a second one in the same minute, which long-lived workers only buffer.
 */
const ACTIONS = { watch: 6, glance: 6, upgrade: 16 };
const API = { megabytes: 512, milliseconds: 60 };
const SCHEDULE = { megabytes: 256, milliseconds: 400 };
/** An invocation of the worker lasts for its whole timeout. */
const WORKER = { gigabytes: 0.5, gigabytesOfStorage: 4, seconds: 90, vcpus: 0.5, gigabytesOfContainer: 1, containers: 2 };
const FIXED = { secrets: 4, keys: 1, metrics: 5, alarms: 6, dashboards: 1, acus: 0.5, databaseGigabytes: 1, natGigabytes: 5, logGigabytes: 1 };

/** @param {number} deployments @param {'fargate' | 'lambda'} worker @param {any} prices @returns {Record<string, number>} dollars by part */
export function costs(deployments, worker, prices) {
  const { lambda, httpApi, scheduler, eventBridge, fargate, aurora, network, s3, secrets, kms, cloudWatch, temporalCloud } = prices;
  const requests = deployments * USE.requests * DAYS;
  const upgrades = deployments * USE.upgrades * DAYS;
  const gbSeconds = (requests * API.megabytes * API.milliseconds + MINUTES * SCHEDULE.megabytes * SCHEDULE.milliseconds) / 1024 / 1000;
  const functions = ((requests + MINUTES) / 1e6) * lambda.perMillionRequests + gbSeconds * lambda.perGbSecondArm;
  const gateway = (requests / 1e6) * httpApi.perMillionRequests + (MINUTES / 1e6) * scheduler.perMillionInvocations;
  // A glance each minute keeps one function at work most of the time; upgrades come on top where they fall between.
  const busy = Math.min(1, WORKER.seconds / 60) * HOURS * 3600 + upgrades * 5;
  const workers =
    worker === 'fargate'
      ? WORKER.containers * HOURS * (WORKER.vcpus * fargate.perVcpuHourArm + WORKER.gigabytesOfContainer * fargate.perGbHourArm)
      : busy * (WORKER.gigabytes * lambda.perGbSecondArm + (WORKER.gigabytesOfStorage - 0.5) * lambda.perGbSecondOfStorage);
  // Half a unit is enough for some hundred Deployments; a thousand that are used keep about two busy by day.
  const acus = Math.max(FIXED.acus, deployments / 500);
  const gigabytes = FIXED.databaseGigabytes + (deployments * USE.megabytesOfEvents * 365) / 1024;
  const database = acus * HOURS * aurora.perAcuHour + gigabytes * aurora.perGbMonth + ((requests * 3) / 1e6) * aurora.perMillionIo;
  const nat = HOURS * network.natPerHour + (FIXED.natGigabytes + deployments * 0.05) * network.natPerGb;
  const watching =
    (FIXED.logGigabytes + deployments * 0.02) * cloudWatch.perGbLogs +
    FIXED.metrics * cloudWatch.perMetricMonth +
    FIXED.alarms * cloudWatch.perAlarmMonth +
    FIXED.dashboards * cloudWatch.perDashboardMonth;
  const rest =
    FIXED.secrets * secrets.perSecretMonth +
    FIXED.keys * kms.perKeyMonth +
    ((upgrades * 4) / 1e6) * eventBridge.perMillionEvents +
    (upgrades / 1000) * s3.perThousandPuts;
  const actions = MINUTES * (worker === 'fargate' ? ACTIONS.watch : ACTIONS.glance) + upgrades * ACTIONS.upgrade;
  const temporal = Math.max(temporalCloud.leastPerMonth, (actions / 1e6) * temporalCloud.perMillionActions);
  return { functions: functions + gateway, workers, database, network: nat, watching, rest, temporal };
}

/** @param {any} prices */
export function table(prices) {
  const columns = [0, 10, 100, 1000];
  const lines = ['| a month, US$ | idle | 10 Deployments | 100 | 1,000 |', '|---|---:|---:|---:|---:|'];
  for (const worker of /** @type {const} */ (['fargate', 'lambda'])) {
    const all = columns.map((deployments) => costs(deployments, worker, prices));
    const names = Object.keys(all[0] ?? {});
    if (worker === 'fargate')
      for (const name of names.filter((each) => each !== 'workers'))
        lines.push(`| ${LABELS[name]} | ${all.map((each) => dollars(each[name] ?? 0)).join(' | ')} |`);
    lines.push(`| workers, ${worker === 'fargate' ? 'two containers' : 'as a function'} | ${all.map((each) => dollars(each['workers'] ?? 0)).join(' | ')} |`);
    const sums = all.map((each) => Object.values(each).reduce((sum, part) => sum + part, 0));
    lines.push(`| **all, with ${worker === 'fargate' ? 'containers' : 'a function'}** | ${sums.map((sum) => `**${dollars(sum)}**`).join(' | ')} |`);
  }
  return lines.join('\n');
}

/** @type {Record<string, string>} */
const LABELS = {
  functions: 'API and schedule: Lambda, HTTP API, Scheduler',
  database: 'Aurora Serverless v2',
  network: 'one NAT gateway',
  watching: 'logs, metrics, alarms, dashboard',
  rest: 'secrets, key, events, bucket requests',
  temporal: 'Temporal Cloud (its smallest plan, or by action)',
};

/** @param {number} amount */
const dollars = (amount) => (amount < 10 ? amount.toFixed(2) : amount.toFixed(0));

export const prices = () => parse(readFileSync(new URL('prices.yaml', import.meta.url), 'utf8'));

if (import.meta.main) process.stdout.write(`${table(prices())}\n`);
