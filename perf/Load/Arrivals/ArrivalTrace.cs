using System.Globalization;

namespace Camshaft.Load.Arrivals;

/// <summary>
/// When requests arrived somewhere, read from a CSV file: the column <c>TIMESTAMP</c>, or the first where none is called so,
/// holds a date with time or a number of seconds. Other columns are not looked at.
/// </summary>
public sealed class ArrivalTrace
{
    private const string ColumnName = "TIMESTAMP";

    private ArrivalTrace(string path, TimeSpan[] offsets)
    {
        Path = path;
        Offsets = offsets;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The arrivals in their order, counted from the first.</summary>
    public TimeSpan[] Offsets { get; }

    /// <summary>From the first arrival to the last.</summary>
    public TimeSpan Length => Offsets[^1];

    /// <summary>Reads a file.</summary>
    /// <exception cref="LoadException">It cannot be read, or is no trace.</exception>
    public static ArrivalTrace Read(string path)
    {
        try
        {
            return new ArrivalTrace(path, ReadOffsets(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LoadException($"The trace cannot be read: {exception.Message}", exception);
        }
    }

    private static TimeSpan[] ReadOffsets(string path)
    {
        var times = new List<TimeSpan>();
        var column = 0;
        var lineNumber = 0;
        foreach (var line in File.ReadLines(path))
        {
            lineNumber++;
            var cells = line.Split(',');
            if (line.Length == 0 || (lineNumber == 1 && IsHeader(cells, out column)))
            {
                continue;
            }

            if (column >= cells.Length || !TryParse(cells[column].Trim(), out var time))
            {
                throw new LoadException($"Trace '{path}', line {lineNumber}: '{(column < cells.Length ? cells[column] : line)}' is no moment; expected a date with time or a number of seconds.");
            }

            times.Add(time);
        }

        if (times.Count == 0)
        {
            throw new LoadException($"Trace '{path}' has no arrivals.");
        }

        // Some traces are written by the end of the requests, and not in the order in which they came.
        times.Sort();
        return [.. times.Select(time => time - times[0])];
    }

    private static bool IsHeader(string[] cells, out int column)
    {
        column = Math.Max(0, Array.FindIndex(cells, static cell => cell.Trim().Equals(ColumnName, StringComparison.OrdinalIgnoreCase)));
        return !TryParse(cells[column].Trim(), out _);
    }

    private static bool TryParse(string text, out TimeSpan time)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds)
        {
            time = TimeSpan.FromSeconds(seconds);
            return true;
        }

        var isDate = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment);
        time = TimeSpan.FromTicks(moment.UtcTicks);
        return isDate;
    }
}
