/** A symmetric matrix, row by row; only its lower half is read. */
export interface Symmetric {
  readonly size: number;
  readonly values: Float64Array;
}

/** An all-zero symmetric matrix. */
export function symmetric(size: number): Symmetric {
  return { size, values: new Float64Array(size * size) };
}

/** Replaces a positive definite matrix by its Cholesky factor, in place; a vanishing pivot is held above zero. */
export function factorise({ size, values }: Symmetric): void {
  for (let row = 0; row < size; row++)
    for (let column = 0; column <= row; column++) {
      let sum = values[row * size + column]!;
      for (let k = 0; k < column; k++) sum -= values[row * size + k]! * values[column * size + k]!;
      values[row * size + column] =
        row === column ? Math.sqrt(Math.max(sum, 1e-12)) : sum / values[column * size + column]!;
    }
}

/** Solves against a factor that `factorise` made; answers a new vector. */
export function solveFactored({ size, values }: Symmetric, right: Float64Array): Float64Array {
  const solution = Float64Array.from(right);
  for (let row = 0; row < size; row++) {
    let sum = solution[row]!;
    for (let k = 0; k < row; k++) sum -= values[row * size + k]! * solution[k]!;
    solution[row] = sum / values[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = solution[row]!;
    for (let k = row + 1; k < size; k++) sum -= values[k * size + row]! * solution[k]!;
    solution[row] = sum / values[row * size + row]!;
  }
  return solution;
}

/** The sum of products of two vectors of equal length. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
