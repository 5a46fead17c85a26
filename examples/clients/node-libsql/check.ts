// What the programs of this folder count and compare with. A program of your own does not need it.
import { isDeepStrictEqual, inspect } from "node:util";

let passed = 0;

/** Ends the program unless both are alike. */
export function equal(what: string, found: unknown, expected: unknown): void {
    if (!isDeepStrictEqual(found, expected)) {
        fail(`${what}: expected ${inspect(expected)}, found ${inspect(found)}`);
    }
    passed++;
}

/** What an action throws; the end of the program if it throws nothing. */
export async function thrown(what: string, action: () => unknown): Promise<any> {
    try {
        const found = await action();
        fail(`${what}: expected an error, found ${inspect(found)}`);
    } catch (error) {
        return error;
    }
}

export function fail(text: string): never {
    console.error(`node-libsql: ${text}`);
    process.exit(1);
}

/** The last line, whose number `run` adds up. */
export function done(program: string): void {
    console.log(`${passed} checks passed: ${program}`);
}
