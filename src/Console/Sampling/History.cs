namespace Camshaft.LiveConsole.Sampling;

/// <summary>The last columns of something, by their numbers; a column that was never set, or long ago, is not there. Guarded by its owner.</summary>
/// <typeparam name="T">A column.</typeparam>
internal sealed class History<T>
    where T : class
{
    /// <summary>How long a column is.</summary>
    public static readonly TimeSpan ColumnLength = TimeSpan.FromSeconds(5);

    /// <summary>How many columns are remembered: ten minutes.</summary>
    public const int Count = 120;

    private readonly (long Number, T? Column)[] _columns = new (long, T?)[Count];

    /// <summary>The number of the column to which a moment belongs.</summary>
    public static long NumberAt(TimeSpan uptime) => (long)(uptime / ColumnLength);

    public void Set(long number, T column) => _columns[number % Count] = (number, column);

    /// <summary>The column of a number; null when there is none.</summary>
    public T? Find(long number) => number >= 0 && _columns[number % Count] is var (found, column) && found == number ? column : null;

    /// <summary>The last columns before a number, oldest first, null where there is none.</summary>
    public IEnumerable<T?> Before(long number, int count = Count) => Enumerable.Range(0, count).Select(i => Find(number - count + i));
}
