import { IKey } from 'aws-cdk-lib/aws-kms';
import { Problems } from './parts/problems';

/** A ledger that an earlier stack left behind. */
export interface RetainedLedgerAttributes {
  /** Name of the DynamoDB table: the old stack's output `LedgerTable`. */
  readonly tableName: string;

  /** The chain id: the old stack's output `ChainId`, eight hexadecimal digits. */
  readonly chainId: string;

  /**
   * The customer's key that the table is encrypted with.
   *
   * @default - the table has no key of the customer's
   */
  readonly encryptionKey?: IKey;
}

/**
 * The ledger of a project whose stack was deleted. Given to a project of the same name, the chain goes on: nothing that was labeled
 * is labeled again.
 *
 * Give the retained input and output bucket too, or the old images and labels stay where the new project does not look.
 */
export abstract class RetainedLedger {
  /** Names the ledger by its table and chain. */
  static fromAttributes(attributes: RetainedLedgerAttributes): RetainedLedger {
    const problems = new Problems('RetainedLedger.fromAttributes');
    problems.pattern('tableName', attributes.tableName, /^[a-zA-Z0-9_.-]{3,255}$/, 'be the name of a DynamoDB table: 3 to 255 letters, digits, _, . and -');
    problems.pattern('chainId', attributes.chainId, /^[0-9a-f]{8}$/, "be eight hexadecimal digits in lower case: the old stack's output ChainId");
    problems.throwIfAny();
    return new ImportedLedger(attributes);
  }

  /** Name of the table. */
  abstract readonly tableName: string;

  /** The chain id. */
  abstract readonly chainId: string;

  /** The customer's key, if there is one. */
  abstract readonly encryptionKey?: IKey;
}

class ImportedLedger extends RetainedLedger {
  readonly tableName: string;
  readonly chainId: string;
  readonly encryptionKey?: IKey;

  constructor(attributes: RetainedLedgerAttributes) {
    super();
    this.tableName = attributes.tableName;
    this.chainId = attributes.chainId;
    this.encryptionKey = attributes.encryptionKey;
  }
}
