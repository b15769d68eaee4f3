namespace Camshaft.Microbenchmarks.Budgets;

/// <summary>The one table of operations that have a budget, by their names in <c>perf/budgets.json</c>.</summary>
public static class BudgetedOperations
{
    private static readonly SortedDictionary<string, Func<IBudgetedOperation>> Table = new(StringComparer.Ordinal)
    {
        ["binary.client"] = static () => new ClientOperation(),
        ["binary.server"] = static () => new BinaryServerOperation(),
        ["codec.decode_infer"] = static () => new CodecOperation(static codec => codec.DecodeInfer()),
        ["codec.decode_result"] = static () => new CodecOperation(static codec => codec.DecodeResult()),
        ["codec.encode_infer"] = static () => new CodecOperation(static codec => codec.EncodeInfer()),
        ["codec.encode_result"] = static () => new CodecOperation(static codec => codec.EncodeResult()),
        ["engine.request"] = static () => new EngineOperation(mayRunInline: false),
        ["engine.request_inline"] = static () => new EngineOperation(mayRunInline: true),
        ["http.server"] = static () => new HttpServerOperation(),
        ["policy.decide"] = static () => new PolicyOperation(),
    };

    /// <summary>The names.</summary>
    public static IReadOnlyCollection<string> Names => Table.Keys;

    /// <summary>Makes one; nothing is started yet.</summary>
    public static IBudgetedOperation Create(string name) => Table[name]();
}
