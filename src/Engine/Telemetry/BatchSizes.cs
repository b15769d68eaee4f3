namespace Camshaft.Engine.Telemetry;

/// <summary>
/// The batch sizes that a model has run, each with a place among its counters: as many as <see cref="Most"/>, in the order in
/// which they came. Any thread, without locks; sizes are never forgotten.
/// </summary>
internal sealed class BatchSizes
{
    /// <summary>How many sizes are told apart; what else runs is in no size's count.</summary>
    public const int Most = 128;

    // By a hash of the size, probed one by one; 0 = free.
    private readonly int[] _rows = new int[Most];

    /// <summary>The sizes by place; 0 = no size has it.</summary>
    public ReadOnlySpan<int> Rows => _rows;

    /// <summary>Finds a size's place, or gives it one.</summary>
    /// <returns>-1 when there are too many sizes.</returns>
    public int Find(int rows)
    {
        for (var i = 0; i < Most; i++)
        {
            var place = (rows + i) % Most;
            var found = Volatile.Read(ref _rows[place]);
            if (found == 0)
            {
                found = Interlocked.CompareExchange(ref _rows[place], rows, 0);
            }

            if (found == 0 || found == rows)
            {
                return place;
            }
        }

        return -1;
    }
}
