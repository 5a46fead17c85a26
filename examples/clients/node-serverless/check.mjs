// What the programs of this folder count and compare with. A program of your own does not need it.
import { inspect, isDeepStrictEqual } from "node:util";

let passed = 0;

/** Ends the program unless both are alike. */
export function equal(what, found, expected) {
    if (!isDeepStrictEqual(found, expected)) {
        console.error(`node-serverless: ${what}: expected ${inspect(expected)}, found ${inspect(found)}`);
        process.exit(1);
    }
    passed++;
}

/** The last line, whose number `run` adds up. */
export function done(program) {
    console.log(`${passed} checks passed: ${program}`);
}

/** What an action throws; the end of the program if it throws nothing. */
export async function thrown(what, action) {
    let found;
    try {
        found = await action();
    } catch (error) {
        return error;
    }
    console.error(`node-serverless: ${what}: expected an error, found ${inspect(found)}`);
    process.exit(1);
}
