namespace Camshaft.Load.Arrivals;

/// <summary>Independent sources of chance from one seed, the same on every run.</summary>
internal static class Seed
{
    /// <summary>A source for one use of one model.</summary>
    public static Random CreateRandom(int seed, int stream)
    {
        // SplitMix64's finish: neighbours among seeds would give neighbours among the first numbers.
        var mixed = ((ulong)(uint)seed << 32) + (uint)stream + 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return new Random((int)((mixed ^ (mixed >> 31)) & int.MaxValue));
    }
}
