using System.IO.Pipelines;
using System.Text;
using Camshaft.Engine.Telemetry;

namespace Camshaft.Transport.Metrics.Tests;

public sealed class PrometheusWriterTests
{
    [Fact]
    public async Task Label_values_are_escaped() => Assert.Equal(
        """m{a="back\\slash",b="quote\" and\nline"} 1""" + "\n",
        await WriteAsync(ExpositionFormat.Text, static writer => writer.WriteSample("m", "", ["a", "b"], ["back\\slash", "quote\" and\nline"], 1)));

    [Fact]
    public async Task Names_with_markup_or_other_letters_stay_as_they_are() => Assert.Equal(
        "m{a=\"<b>größe 模型</b>\"} 1\n",
        await WriteAsync(ExpositionFormat.Text, static writer => writer.WriteSample("m", "", ["a"], ["<b>größe 模型</b>"], 1)));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.1, "0.1")]
    [InlineData(1234567890123, "1234567890123")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    public async Task Numbers_are_written_as_Prometheus_reads_them(double value, string expected) =>
        Assert.Equal($"m {expected}\n", await WriteAsync(ExpositionFormat.Text, writer => writer.WriteSample("m", "", [], [], value)));

    [Fact]
    public async Task A_family_is_named_as_its_samples_in_text_and_without_their_ending_in_OpenMetrics()
    {
        Assert.Equal("# HELP m_total A \"b\" \\\\ c.\n# TYPE m_total counter\n", await WriteAsync(ExpositionFormat.Text, static writer => writer.BeginFamily("m", "counter", "A \"b\" \\ c.", "_total")));
        Assert.Equal("# HELP m A \\\"b\\\" \\\\ c.\n# TYPE m counter\n# EOF\n", await WriteAsync(ExpositionFormat.OpenMetrics, static writer => writer.BeginFamily("m", "counter", "A \"b\" \\ c.", "_total")));
    }

    [Fact]
    public async Task Exemplars_are_in_OpenMetrics_alone()
    {
        var exemplar = new Exemplar(new TraceParent(1, 2, IsSampled: true), 0.5, DateTimeOffset.UnixEpoch.AddSeconds(1.5));
        void Write(PrometheusWriter writer) => writer.WriteSample("m", "_bucket", [], [], "le", 1, 7, exemplar);

        Assert.Equal("m_bucket{le=\"1.0\"} 7\n", await WriteAsync(ExpositionFormat.Text, Write));
        Assert.Equal("m_bucket{le=\"1.0\"} 7 # {trace_id=\"00000000000000000000000000000001\"} 0.5 1.5\n# EOF\n", await WriteAsync(ExpositionFormat.OpenMetrics, Write));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("*/*", false)]
    [InlineData("text/plain", false)]
    [InlineData("not a / media type", false)]
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", true)]
    [InlineData("application/openmetrics-text;q=0.2, text/plain", false)]
    [InlineData("application/openmetrics-text;q=0", false)]
    public void The_format_is_what_the_client_likes_better(string? accept, bool isOpenMetrics) =>
        Assert.Equal(isOpenMetrics, ExpositionFormat.Choose(accept).IsOpenMetrics);

    private static async Task<string> WriteAsync(ExpositionFormat format, Action<PrometheusWriter> write)
    {
        using var stream = new MemoryStream();
        var writer = new PrometheusWriter(PipeWriter.Create(stream), format, CancellationToken.None);
        write(writer);
        await writer.EndAsync();
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
