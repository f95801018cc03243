/** The ledger table's secondary index, which finds drops and images by their state. It holds keys alone. */
export const STATUS_INDEX = { name: 'status', partitionKey: 'gsi1pk', sortKey: 'gsi1sk' } as const;
