import { readFileSync } from 'fs';
import { gunzipSync } from 'zlib';
import { validationError } from './errors';

interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly enum?: readonly string[];
}

interface Model {
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

const gzipMagic = Buffer.from([0x1f, 0x8b]);

/** Checks requests against the published description of the API, as botocore ships it. */
export class ServiceModel {
  /**
   * @param path Of `service-2.json` or `service-2.json.gz`.
   * @throws Error when the file is not such a description.
   */
  public static fromFile(path: string): ServiceModel {
    const bytes = readFileSync(path);
    const text = bytes.subarray(0, 2).equals(gzipMagic) ? gunzipSync(bytes).toString() : bytes.toString();
    const model = JSON.parse(text) as Model;
    if (!model.operations?.CreateLabelingJob || !model.shapes) {
      throw new Error(`${path} does not describe the SageMaker API: it has no operation CreateLabelingJob.`);
    }
    return new ServiceModel(model);
  }

  private readonly patterns = new Map<string, RegExp>();

  private constructor(private readonly model: Model) {}

  /**
   * @throws ServiceError `ValidationException` for missing or unknown members, wrong types, lengths, patterns or enum values.
   */
  public check(operation: string, request: unknown): void {
    const input = this.model.operations[operation]?.input;
    const problems: string[] = [];
    if (input) {
      this.checkShape(input.shape, request ?? {}, operation, problems);
    }
    if (problems.length > 0) {
      throw validationError(`${problems.length} problem(s) against the service model: ${problems.join('; ')}`);
    }
  }

  private checkShape(name: string, value: unknown, path: string, problems: string[]): void {
    const shape = this.model.shapes[name];
    const wrong = (what: string) => problems.push(`${path}: ${what}`);
    const bound = (size: number, what: string) => {
      if (size < (shape.min ?? -Infinity) || size > (shape.max ?? Infinity)) {
        wrong(`${what} ${size} is not within ${shape.min ?? '-'} and ${shape.max ?? '-'}`);
      }
    };
    switch (shape.type) {
      case 'structure':
        this.checkStructure(shape, value, path, problems);
        break;
      case 'list':
        if (!Array.isArray(value)) {
          wrong('must be a list');
        } else {
          bound(value.length, 'length');
          value.forEach((item, index) => this.checkShape(shape.member!.shape, item, `${path}[${index}]`, problems));
        }
        break;
      case 'string':
        if (typeof value !== 'string') {
          wrong(`must be a string, not ${typeof value}`);
        } else {
          bound([...value].length, 'length');
          this.checkText(shape, value, wrong);
        }
        break;
      case 'integer':
      case 'long':
        if (!Number.isInteger(value)) {
          wrong('must be an integer');
        } else {
          bound(value as number, 'value');
        }
        break;
      case 'timestamp':
        if (!(value instanceof Date) && typeof value !== 'number') {
          wrong('must be a time');
        }
        break;
      default:
        throw new Error(`The simulated operations use no ${shape.type}, yet the service model has one at ${path}.`);
    }
  }

  private checkStructure(shape: Shape, value: unknown, path: string, problems: string[]): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      problems.push(`${path}: must be a structure`);
      return;
    }
    const members = shape.members ?? {};
    const given = Object.entries(value).filter(([, member]) => member !== undefined);
    const names = new Set(given.map(([name]) => name));
    for (const name of shape.required ?? []) {
      if (!names.has(name)) {
        problems.push(`${path}: lacks the required ${name}`);
      }
    }
    for (const [name, member] of given) {
      if (Object.hasOwn(members, name)) {
        this.checkShape(members[name].shape, member, `${path}.${name}`, problems);
      } else {
        problems.push(`${path}: has the unknown member ${name}`);
      }
    }
  }

  private checkText(shape: Shape, value: string, wrong: (what: string) => void): void {
    if (shape.enum && !shape.enum.includes(value)) {
      wrong(`"${value}" is none of ${shape.enum.join(', ')}`);
    }
    if (shape.pattern !== undefined && !this.pattern(shape.pattern).test(value)) {
      wrong(`"${value}" does not match ${shape.pattern}`);
    }
  }

  private pattern(source: string): RegExp {
    let pattern = this.patterns.get(source);
    if (!pattern) {
      pattern = new RegExp(`^(?:${source})$`, 'u');
      this.patterns.set(source, pattern);
    }
    return pattern;
  }
}
