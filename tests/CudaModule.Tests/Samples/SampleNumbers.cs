namespace Camshaft.Plugins.CudaModules.Tests.Samples;

/// <summary>Inputs for the samples.</summary>
internal static class SampleNumbers
{
    /// <summary>Numbers between -1 and 1, times a factor.</summary>
    public static float[] Draw(int count, int seed, float factor = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => ((random.NextSingle() * 2) - 1) * factor)];
    }
}
