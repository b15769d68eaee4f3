using Spectre.Console;

namespace Camshaft.Server.Output;

/// <summary>Rows of text in columns: on a terminal within its width and with a bold header, elsewhere one line a row, as programs read it.</summary>
internal sealed class Table
{
    // Wider than any row, so that nothing is wrapped where no terminal is.
    private const int Unbounded = 100_000;

    private readonly Spectre.Console.Table _table = new Spectre.Console.Table().NoBorder();

    /// <summary>Makes it with its header.</summary>
    public Table(params string[] header)
    {
        foreach (var title in header)
        {
            _table.AddColumn(new TableColumn(new Text(title, new Style(decoration: Decoration.Bold))) { Padding = new Padding(0, 0, 2, 0) });
        }
    }

    /// <summary>Adds a row of as many cells as the header has.</summary>
    public void Add(params string[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, _table.Columns.Count);
        _table.AddRow(cells.Select(static cell => new Text(cell)));
    }

    /// <summary>Writes all rows, the header first.</summary>
    public void Write(TextWriter output)
    {
        if (ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected)
        {
            AnsiConsole.Console.Write(_table);
            return;
        }

        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
        console.Profile.Width = Unbounded;
        console.Write(_table);
        foreach (var line in text.ToString().TrimEnd().Split('\n'))
        {
            output.WriteLine(line.TrimEnd());
        }
    }
}
