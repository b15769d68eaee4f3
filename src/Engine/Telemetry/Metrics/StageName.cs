namespace Camshaft.Engine.Telemetry.Metrics;

/// <summary>How stages are named in metrics, spans and headers: <c>batch_wait</c>, <c>copy_in</c>.</summary>
public static class StageName
{
    private static readonly string[] Names = ["receive", "queue", "batch_wait", "copy_in", "run", "copy_out", "send", "total"];

    /// <summary>The name of a stage.</summary>
    public static string Of(RequestStage stage) => Names[(int)stage];
}
