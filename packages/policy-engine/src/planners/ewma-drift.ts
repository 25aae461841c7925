import { byText } from '../context/top-of.ts';
import type { ScoreKeys } from './classical.ts';

/** Weights of the newest window in level and trend. Chosen. */
const LEVEL_WEIGHT = 0.5;
const TREND_WEIGHT = 0.3;

/** Keys whose level is lower are forgotten, and past this many those with the lowest. Chosen. */
const LEAST_LEVEL = 0.05;
const MOST_KEYS = 5000;

interface Course {
  level: number;
  trend: number;
}

/**
 * Expects requests to go on rising or falling as they did: exponentially weighted level and trend of each key's requests
 * a window (Holt 1957), a key that is not among the hot ones counting as not asked for.
 */
export function scoreByDrift(): ScoreKeys {
  let courses = new Map<string, Course>();
  return ({ topItems }) => {
    const requests = new Map(topItems.map((item) => [item.key, item.requests]));
    for (const [key, course] of courses) advance(course, requests.get(key) ?? 0);
    for (const [key, count] of requests) {
      if (!courses.has(key)) courses.set(key, { level: LEVEL_WEIGHT * count, trend: 0 });
    }
    courses = new Map(
      [...courses]
        .filter(([, { level }]) => level >= LEAST_LEVEL)
        .sort((a, b) => b[1].level - a[1].level || byText(a[0], b[0]))
        .slice(0, MOST_KEYS),
    );
    return new Map([...courses].map(([key, { level, trend }]) => [key, level + trend]));
  };
}

function advance(course: Course, requests: number): void {
  const before = course.level;
  course.level = LEVEL_WEIGHT * requests + (1 - LEVEL_WEIGHT) * (before + course.trend);
  course.trend = TREND_WEIGHT * (course.level - before) + (1 - TREND_WEIGHT) * course.trend;
}
