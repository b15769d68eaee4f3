namespace Camshaft.Samples;

/// <summary>
/// Random numbers from integers alone (SplitMix64): the same on every machine and with every version of .NET, which
/// <see cref="Random"/> does not promise. Committed files depend on that. One thread.
/// </summary>
/// <param name="seed">Where the sequence begins.</param>
public sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number from 0 up to and without <paramref name="limit"/>.</summary>
    public int Next(int limit) => (int)(((NextBits() >> 32) * (ulong)limit) >> 32);

    /// <summary>A number from 0 up to and without 1. Its 24 bits are all that a float holds, so that it is exact.</summary>
    public float NextFloat() => (NextBits() >> 40) * (1f / (1 << 24));

    /// <summary>A number from <paramref name="low"/> to <paramref name="high"/>.</summary>
    public float NextFloat(float low, float high) => low + ((high - low) * NextFloat());

    /// <summary>A number around 0 with deviation 1: a sum of four even ones, which needs no library's logarithm.</summary>
    public float NextBell() => (NextFloat() + NextFloat() + NextFloat() + NextFloat() - 2f) * 1.7320508f;

    /// <summary>Numbers from minus <paramref name="bound"/> to <paramref name="bound"/>.</summary>
    public float[] NextFloats(int count, float bound)
    {
        var values = new float[count];
        foreach (ref var value in values.AsSpan())
        {
            value = NextFloat(-bound, bound);
        }

        return values;
    }

    private ulong NextBits()
    {
        _state += 0x9E3779B97F4A7C15;
        var bits = _state;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}
