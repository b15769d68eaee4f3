using System.Globalization;

namespace Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;

/// <summary>The shapes of one input in one profile.</summary>
/// <param name="Profile">Which profile, from 0.</param>
/// <param name="Input">The input.</param>
/// <param name="Min">The smallest length of each dimension.</param>
/// <param name="Max">The largest.</param>
internal sealed record ShapeRange(int Profile, string Input, long[] Min, long[] Max)
{
    /// <summary>Reads a profile.</summary>
    /// <returns>Whether it is one.</returns>
    public static bool TryRead(OptimizationProfile profile, out IReadOnlyList<ShapeRange> ranges)
    {
        ranges = [];
        var (min, opt, max) = (Read(profile.Min), Read(profile.Opt), Read(profile.Max));
        if (min is null || opt is null || max is null || min.Count != opt.Count || min.Count != max.Count)
        {
            return false;
        }

        var read = new List<ShapeRange>();
        foreach (var (key, smallest) in min)
        {
            if (!opt.TryGetValue(key, out var best) || !max.TryGetValue(key, out var largest) || !AreOrdered(smallest, best) || !AreOrdered(best, largest))
            {
                return false;
            }

            read.Add(new ShapeRange(key.Profile, key.Input, smallest, largest));
        }

        ranges = read;
        return true;
    }

    /// <summary>Whether a shape lies inside.</summary>
    public bool Covers(ReadOnlySpan<long> shape)
    {
        if (shape.Length != Min.Length)
        {
            return false;
        }

        for (var dimension = 0; dimension < shape.Length; dimension++)
        {
            if (shape[dimension] < Min[dimension] || shape[dimension] > Max[dimension])
            {
                return false;
            }
        }

        return true;
    }

    private static Dictionary<(int Profile, string Input), long[]>? Read(string text)
    {
        var shapes = new Dictionary<(int, string), long[]>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            // Names may have colons.
            var colon = part.LastIndexOf(':');
            if (colon <= 0 || ReadLengths(part[(colon + 1)..]) is not { } lengths)
            {
                return null;
            }

            var profile = 0;
            while (!shapes.TryAdd((profile, part[..colon]), lengths))
            {
                profile++;
            }
        }

        return shapes;
    }

    private static long[]? ReadLengths(string text)
    {
        var lengths = new List<long>();
        foreach (var length in text.Split('x'))
        {
            if (!long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            lengths.Add(number);
        }

        return [.. lengths];
    }

    private static bool AreOrdered(long[] first, long[] second) => first.Length == second.Length && first.Zip(second).All(static pair => pair.First <= pair.Second);
}
