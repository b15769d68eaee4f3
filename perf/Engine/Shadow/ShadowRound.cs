namespace Camshaft.EngineBenchmark.Shadow;

/// <summary>One round: without copies, then with them. Times are in milliseconds.</summary>
internal sealed record ShadowRound(double AloneP50, double AloneP99, double ShadowedP50, double ShadowedP99, double OthersProcessors)
{
    /// <summary>How much longer one request in a hundred takes with them.</summary>
    public double Ratio => ShadowedP99 / AloneP99;
}
