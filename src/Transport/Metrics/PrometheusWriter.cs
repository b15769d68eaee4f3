using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Camshaft.Transport.Metrics;

/// <summary>
/// Writes families of metrics in a Prometheus format, and waits for the reader now and then, so that what is written and not
/// taken stays small. One reading's; not for several threads.
/// </summary>
internal sealed class PrometheusWriter(PipeWriter output, ExpositionFormat format, CancellationToken cancellationToken)
{
    private const int FlushByteSize = 64 << 10;

    private long _unflushed;

    public bool IsOpenMetrics => format.IsOpenMetrics;

    /// <summary>Begins a family.</summary>
    /// <param name="name">Its name, without the ending of a counter.</param>
    /// <param name="type">counter, gauge, histogram, summary or, in OpenMetrics, unknown.</param>
    /// <param name="help">What it means.</param>
    /// <param name="ending">What its samples' names end with beyond that.</param>
    public void BeginFamily(string name, string type, string help, string ending = "")
    {
        // Text format names a family as its samples; OpenMetrics without their endings.
        var family = IsOpenMetrics ? name : name + ending;
        Write("# HELP ");
        Write(family);
        Write(" ");
        WriteEscaped(help, quotes: false);
        Write("\n# TYPE ");
        Write(family);
        Write(" ");
        Write(type);
        Write("\n");
    }

    /// <summary>Writes a sample.</summary>
    public void WriteSample(string name, string ending, ReadOnlySpan<string> labelNames, ReadOnlySpan<string> labels, double value)
    {
        BeginSample(name, ending, labelNames, labels, more: null, 0);
        Write(value);
        Write("\n");
    }

    /// <summary>Writes a sample with one label more, whose value is a number.</summary>
    /// <param name="name">The family's name.</param>
    /// <param name="ending">What follows it.</param>
    /// <param name="labelNames">The names of the labels.</param>
    /// <param name="labels">Their values.</param>
    /// <param name="more">The name of the label that has a number.</param>
    /// <param name="number">Its value.</param>
    /// <param name="value">The sample's value.</param>
    /// <param name="exemplar">A request that was counted there; in OpenMetrics alone.</param>
    public void WriteSample(string name, string ending, ReadOnlySpan<string> labelNames, ReadOnlySpan<string> labels, string more, double number, double value, Exemplar? exemplar = null)
    {
        BeginSample(name, ending, labelNames, labels, more, number);
        Write(value);
        if (exemplar is { } shown && IsOpenMetrics)
        {
            Write(" # {trace_id=\"");
            Write(shown.Trace.TraceIdText);
            Write("\"} ");
            Write(shown.Seconds);
            Write(" ");
            Write(shown.Time.ToUnixTimeMilliseconds() / 1000.0);
        }

        Write("\n");
    }

    /// <summary>Waits for the reader, if enough is written.</summary>
    public ValueTask<FlushResult> FlushIfFullAsync() => _unflushed >= FlushByteSize ? FlushAsync() : default;

    /// <summary>Ends the text.</summary>
    public ValueTask<FlushResult> EndAsync()
    {
        if (IsOpenMetrics)
        {
            Write("# EOF\n");
        }

        return FlushAsync();
    }

    private ValueTask<FlushResult> FlushAsync()
    {
        _unflushed = 0;
        return output.FlushAsync(cancellationToken);
    }

    private void BeginSample(string name, string ending, ReadOnlySpan<string> labelNames, ReadOnlySpan<string> labels, string? more, double number)
    {
        Write(name);
        Write(ending);
        if (labelNames.Length > 0 || more is not null)
        {
            var separator = "{";
            for (var i = 0; i < labelNames.Length; i++)
            {
                Write(separator);
                Write(labelNames[i]);
                Write("=\"");
                WriteEscaped(labels[i], quotes: true);
                Write("\"");
                separator = ",";
            }

            if (more is not null)
            {
                Write(separator);
                Write(more);
                Write("=\"");
                Write(number, isLabel: true);
                Write("\"");
            }

            Write("}");
        }

        Write(" ");
    }

    // Of labels' values backslash, quote and line feed are escaped, of help texts not the quote.
    private void WriteEscaped(string text, bool quotes)
    {
        if (text.AsSpan().IndexOfAny('\\', '"', '\n') >= 0)
        {
            text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text = quotes || IsOpenMetrics ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
        }

        Write(text);
    }

    // A label's number looks the same in both formats, so that a series stays one: with a point, as OpenMetrics has it.
    private void Write(double value, bool isLabel = false)
    {
        if (double.IsPositiveInfinity(value))
        {
            Write("+Inf");
            return;
        }

        var span = output.GetSpan(32);
        value.TryFormat(span, out var written, isLabel && value == Math.Floor(value) ? "F1" : default, CultureInfo.InvariantCulture);
        Advance(written);
    }

    private void Write(string text)
    {
        var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        Advance(Encoding.UTF8.GetBytes(text, span));
    }

    private void Advance(int byteSize)
    {
        output.Advance(byteSize);
        _unflushed += byteSize;
    }
}
