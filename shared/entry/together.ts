/**
 * What is asked for one by one at about the same time, as one: `send` gets all of it, `most` at a time, and answers in
 * its order.
 */
export function together<Asked, Answer>(
  send: (asked: readonly Asked[]) => Promise<readonly Answer[]>,
  most: number,
): (asked: Asked) => Promise<Answer> {
  let waiting: Waiting<Asked, Answer>[] = [];
  const sendAll = () => {
    const all = waiting;
    waiting = [];
    for (let at = 0; at < all.length; at += most) {
      const some = all.slice(at, at + most);
      send(some.map(({ asked }) => asked)).then(
        (answers) => {
          for (const [place, { resolve }] of some.entries()) resolve(answers[place] as Answer);
        },
        (error) => {
          for (const { reject } of some) reject(error);
        },
      );
    }
  };
  return (asked) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ asked, resolve, reject }) === 1) setImmediate(sendAll);
    });
}

interface Waiting<Asked, Answer> {
  readonly asked: Asked;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}
