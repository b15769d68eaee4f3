namespace Camshaft.Engine.Telemetry;

/// <summary>Counts a model's requests by the values of their tags. Made with the first request that carries one; any thread, without locks.</summary>
internal sealed class TagCounts(TagTable table)
{
    private const int CountersPerValue = 2;

    private readonly long[] _counters = new long[table.Count * (table.ValueLimit + 1) * CountersPerValue];

    public void Count(RequestTags tags, bool succeeded)
    {
        for (var tag = 0; tag < table.Count; tag++)
        {
            if (tags[tag] is >= 0 and var value)
            {
                Interlocked.Increment(ref _counters[GetPlace(tag, value) + (succeeded ? 0 : 1)]);
            }
        }
    }

    /// <summary>The counts of the values that have come.</summary>
    public IEnumerable<TaggedCount> Read()
    {
        for (var tag = 0; tag < table.Count; tag++)
        {
            for (var value = 0; value <= table.ValueLimit; value++)
            {
                var place = GetPlace(tag, value);
                var (successes, errors) = (Interlocked.Read(ref _counters[place]), Interlocked.Read(ref _counters[place + 1]));
                if (successes + errors > 0)
                {
                    yield return new TaggedCount(table.Names[tag], table.GetText(tag, value), successes, errors);
                }
            }
        }
    }

    private int GetPlace(int tag, int value) => ((tag * (table.ValueLimit + 1)) + value) * CountersPerValue;
}
