import { describe, expect, test } from "vitest";
import { people } from "../../infra/local/demo/client.ts";
import { office, usualPassword } from "../../infra/local/demo.ts";
import { wordsOf } from "../../shared/domain/user.ts";
import { hashNewPassword } from "../../shared/identity/new-password.ts";
import { hashPassword, verifyPassword } from "../../shared/identity/passwords.ts";

describe("a new password", () => {
  const words = ["kim@emerald.example", "Kimberley", "Fitzgerald", "Emerald City Realty"];
  const chosen = (password: string) => hashNewPassword(password, "/password", words);

  test.each([
    "passwordpassword",
    "PasswordPassword1!",
    "P@ssw0rd12345678",
    "123456789012345",
    "qwertyuiopasdfgh",
    "1q2w3e4r5t6y7u8i",
    "iloveyouiloveyou",
    "aaaaaaaaaaaaaaaaaaaa",
    "abcdefghijklmnop",
    "administrator123",
    "letmeinletmein123",
    "Summer2024Summer2024",
    "kim@emerald.example",
    "FitzgeraldFitzgerald",
    "KimberleyFitzgerald1",
    "passwordmonkeydragon",
    "password password password",
    "emeraldcityrealty",
    "Emerald City Realty 2026",
    "gablegablegable",
    "ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ",
  ])("%s is refused, and the field is named", async (password) => {
    await expect(chosen(password)).rejects.toMatchObject({
      code: "invalid_input",
      errors: [{ path: "/password" }],
    });
  });

  test.each(["a long enough password", "correct horse battery staple", "Würzburg im Regen"])(
    "%s is taken",
    async (password) => {
      expect((await verifyPassword(password, await chosen(password))).right).toBe(true);
    },
  );
});

test("the demo's password is taken beside the words of its brokerage and its people", async () => {
  const words = [...Object.values(people).flatMap(wordsOf), office.name, office.slug];
  await expect(hashNewPassword(usualPassword, "/password", words)).resolves.toMatch(/^\$argon2id/);
});

describe("passwords", () => {
  test("a hash is argon2id at 64 MiB, three passes, one lane, with a salt of its own", async () => {
    const [one, other] = await Promise.all([hashPassword("same"), hashPassword("same")]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(other).not.toBe(one);
  });

  test("the right password is right, any other is not", async () => {
    const hash = await hashPassword("correct horse battery");
    expect(await verifyPassword("correct horse battery", hash)).toEqual({ right: true, outdated: false });
    expect((await verifyPassword("correct horse batterz", hash)).right).toBe(false);
    expect((await verifyPassword("", hash)).right).toBe(false);
  });

  test("a hash of the reference implementation is read, and known to be of another cost", async () => {
    // phc-winner-argon2, test.c: version 0x13, t=2, m=2^16, p=1.
    const reference =
      "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    expect(await verifyPassword("password", reference)).toEqual({ right: true, outdated: true });
    expect(await verifyPassword("Password", reference)).toEqual({ right: false, outdated: true });
  });

  test("the same letters in another Unicode form are the same password", async () => {
    const hash = await hashPassword("caf\u00e9 with a view");
    expect((await verifyPassword("cafe\u0301 with a view", hash)).right).toBe(true);
  });

  test("without a hash no password is right, and it takes as long", async () => {
    const time = async (hash?: string) => {
      const start = process.cpuUsage();
      const { right } = await verifyPassword("whatever it is", hash);
      const { user, system } = process.cpuUsage(start);
      return { right, cpu: user + system };
    };
    const hash = await hashPassword("something else");
    const [known, unknown] = [await time(hash), await time()];
    expect(unknown.right).toBe(false);
    expect(unknown.cpu).toBeGreaterThan(known.cpu / 3);
  });

  test("what is no hash is a fault of ours, never a wrong password", async () => {
    await expect(verifyPassword("x", "$2b$10$abc")).rejects.toThrow("PHC");
  });
});
