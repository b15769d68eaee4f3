using System.Numerics;

namespace Camshaft.Engine.Routing;

/// <summary>A set of rules by their places in the table, as bits: sets of candidates are narrowed by intersection. Immutable once the table is built.</summary>
internal sealed class RuleSet(int ruleCount)
{
    private const int BitsPerWord = 64;

    private readonly ulong[] _words = new ulong[CountWords(ruleCount)];

    public static int CountWords(int ruleCount) => (ruleCount + BitsPerWord - 1) / BitsPerWord;

    public ReadOnlySpan<ulong> Words => _words;

    public void Add(int rule) => _words[rule / BitsPerWord] |= 1UL << (rule % BitsPerWord);

    public void AddAll(RuleSet others)
    {
        for (var i = 0; i < _words.Length; i++)
        {
            _words[i] |= others._words[i];
        }
    }

    public bool Overlaps(ReadOnlySpan<ulong> candidates)
    {
        for (var i = 0; i < _words.Length; i++)
        {
            if ((_words[i] & candidates[i]) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Leaves those of the candidates that are in this set.</summary>
    public void Narrow(Span<ulong> candidates)
    {
        for (var i = 0; i < _words.Length; i++)
        {
            candidates[i] &= _words[i];
        }
    }

    /// <summary>Takes the first rule out of the candidates; -1 when there is none.</summary>
    public static int TakeFirst(Span<ulong> candidates)
    {
        for (var i = 0; i < candidates.Length; i++)
        {
            if (candidates[i] != 0)
            {
                var bit = BitOperations.TrailingZeroCount(candidates[i]);
                candidates[i] &= candidates[i] - 1;
                return (i * BitsPerWord) + bit;
            }
        }

        return -1;
    }
}
