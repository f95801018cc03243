import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ITable, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { IGrantable, IPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { LEDGER_ACTIONS, LEDGER_INDEX_ACTIONS } from './permissions';
import { STATUS_INDEX } from '../contract/ledger-table';
import type { RetainedLedger } from '../retained-ledger';

export interface LedgerProps {
  readonly retained?: RetainedLedger;
  readonly encryptionKey?: IKey;
}

/** The table that knows the state of every drop, image and job. It outlives the stack. */
export class Ledger extends Construct {
  readonly table: ITable;

  constructor(scope: Construct, id: string, props: LedgerProps) {
    super(scope, id);
    this.table = props.retained === undefined ? this.newTable(props.encryptionKey) : Table.fromTableAttributes(this, 'Table', {
      tableArn: Stack.of(this).formatArn({ service: 'dynamodb', resource: 'table', resourceName: props.retained.tableName }),
      globalIndexes: [STATUS_INDEX.name],
      encryptionKey: props.retained.encryptionKey,
    });
  }

  grant(grantee: IGrantable): void {
    addStatement(grantee.grantPrincipal, LEDGER_ACTIONS, this.table.tableArn);
  }

  grantIndex(grantee: IGrantable): void {
    addStatement(grantee.grantPrincipal, LEDGER_INDEX_ACTIONS, `${this.table.tableArn}/index/${STATUS_INDEX.name}`);
  }

  private newTable(encryptionKey?: IKey): Table {
    const table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      ...encryptionKey ? { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey } : { encryption: TableEncryption.DEFAULT },
    });
    table.addGlobalSecondaryIndex({
      indexName: STATUS_INDEX.name,
      partitionKey: { name: STATUS_INDEX.partitionKey, type: AttributeType.STRING },
      sortKey: { name: STATUS_INDEX.sortKey, type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    return table;
  }
}

function addStatement(principal: IPrincipal, actions: string[], resource: string): void {
  principal.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [resource] }));
}
