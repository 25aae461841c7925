declare module 'parquetjs-lite' {
  /** A row by column name; 64-bit integers come as bigint. */
  type Row = Readonly<Record<string, unknown>>;

  class ParquetSchema {
    constructor(fields: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
  }
  class ParquetWriter {
    static openFile(schema: ParquetSchema, path: string): Promise<ParquetWriter>;
    appendRow(row: Row): Promise<void>;
    close(): Promise<void>;
  }
  class ParquetReader {
    static openFile(path: string): Promise<ParquetReader>;
    getCursor(): { next(): Promise<Row | null> };
    close(): Promise<void>;
  }
  const parquetjs: {
    readonly ParquetSchema: typeof ParquetSchema;
    readonly ParquetWriter: typeof ParquetWriter;
    readonly ParquetReader: typeof ParquetReader;
  };
  export default parquetjs;
}
