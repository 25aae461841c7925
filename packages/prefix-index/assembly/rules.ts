/** What the host says before the first event: how masses decay, what is too late, the least bucket of a latency. */
export let halfLifeMillis: f64 = 0;
export let latestMillis: f64 = 0;
export let leastBucket: i32 = 0;

export function setRules(halfLife: f64, latest: f64, least: i32): void {
  halfLifeMillis = halfLife;
  latestMillis = latest;
  leastBucket = least;
}

/** The half-life in which a time is. */
export function landmarkOf(timeMillis: f64): f64 {
  const landmark = floor(timeMillis / halfLifeMillis);
  return landmark * halfLifeMillis > timeMillis ? landmark - 1 : landmark;
}
