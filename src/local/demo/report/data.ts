/** All that the report shows. Times in milliseconds since 1970. */
export interface ReportData {
  readonly startedAt: number;
  readonly endedAt: number;
  /** The demo's last line. */
  readonly verdict: string;
  readonly counts: {
    readonly dropped: number; readonly labeled: number; readonly quarantined: number; readonly duplicates: number; readonly jobs: number;
    readonly lost: number; readonly double: number;
  };
  /** What went wrong; empty: nothing did. */
  readonly findings: readonly { readonly kind: string; readonly what: string; readonly why: string }[];
  /** What was broken on purpose. */
  readonly sabotage?: string;
  readonly labels: readonly { readonly name: string; readonly color: string }[];
  readonly jobs: readonly ReportJob[];
  readonly drops: readonly { readonly key: string; readonly at: number }[];
  readonly images: readonly ReportImage[];
  readonly quarantine: readonly ReportQuarantine[];
  readonly duplicates: readonly { readonly key: string; readonly of: string }[];
  readonly dataSet: { readonly folder: string; readonly lines: number };
}

export interface ReportJob {
  readonly number: number;
  readonly name: string;
  readonly status: string;
  readonly reason?: string;
  readonly createdAt: number;
  /** Absent: it is still running. */
  readonly endedAt?: number;
  readonly carried: number;
  readonly offered: number;
  readonly labeled: number;
}

export interface ReportMoment {
  readonly at: number;
  readonly event: string;
  readonly detail?: string;
}

export interface ReportImage {
  /** The names under which it was dropped. */
  readonly keys: readonly string[];
  readonly note?: string;
  /** `data:` URI. Absent: there is no image to show. */
  readonly thumbnail?: string;
  /** Pixels of the image that workers saw. */
  readonly width: number;
  readonly height: number;
  /** Absent: it has no label. */
  readonly boxes?: readonly ReportBox[];
  readonly labeledAt?: number;
  readonly labeledBy?: number;
  /** Numbers of the jobs that it was offered to. */
  readonly offeredTo: readonly number[];
  readonly history: readonly ReportMoment[];
  /** Why it counts as lost. */
  readonly problem?: string;
}

export interface ReportBox {
  readonly label: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface ReportQuarantine {
  readonly key: string;
  readonly note?: string;
  /** Bytes. */
  readonly size: number;
  readonly reason: string;
  readonly detail: string;
  readonly remedy: string;
}
