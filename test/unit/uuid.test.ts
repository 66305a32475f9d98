import fc from "fast-check";
import { expect, test } from "vitest";
import { id } from "../../shared/domain/schemas.ts";
import { uuidv7 } from "../../shared/domain/uuid.ts";

const bytes = fc.uint8Array({ minLength: 10, maxLength: 10 });
const moment = fc.date({ min: new Date(0), max: new Date("2200-01-01"), noInvalidDate: true });

test("every id is a UUIDv7, and ids sort by time", () => {
  fc.assert(
    fc.property(moment, moment, bytes, bytes, (a, b, left, right) => {
      const [first, second] = [uuidv7(a, left), uuidv7(b, right)];
      expect(id.safeParse(first).success).toBe(true);
      if (a < b) expect(first < second).toBe(true);
    }),
  );
});

test("the same moment and bytes give the same id, other bytes another", () => {
  const at = new Date(1_700_000_000_000);
  const zeros = new Uint8Array(10);
  expect(uuidv7(at, zeros)).toBe(uuidv7(at, zeros));
  expect(uuidv7(at, zeros)).not.toBe(uuidv7(at, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 1)));
});
