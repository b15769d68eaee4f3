using Camshaft.Load.Arrivals;
using Camshaft.Load.Plans;
using Camshaft.Testing;

namespace Camshaft.Load.Tests.Arrivals;

public sealed class ArrivalProcessTests : IDisposable
{
    private const double Rate = 250;

    private readonly TempDirectory _directory = new();

    public static TheoryData<string, double> Processes => new()
    {
        { "constant", 0 },
        { "poisson", 1 },
        { "gamma 0.25", 0.25 },
        { "gamma 1", 1 },
        { "gamma 4", 4 },
    };

    [Theory]
    [MemberData(nameof(Processes))]
    public void Gaps_have_the_mean_and_the_variation_that_were_asked_for(string process, double expected)
    {
        const int count = 400_000;
        OpenLoop pattern = process.Split(' ') switch
        {
            ["constant"] => new ConstantRate(Rate),
            ["poisson"] => new PoissonRate(Rate),
            [_, var cv] => new GammaRate(Rate, double.Parse(cv)),
            _ => throw new ArgumentOutOfRangeException(nameof(process)),
        };
        var arrivals = pattern.Start(Seed.CreateRandom(5, 0));
        var gaps = new double[count];
        var last = Next(arrivals);
        for (var i = 0; i < count; i++)
        {
            var next = Next(arrivals);
            gaps[i] = (next - last).TotalSeconds;
            last = next;
        }

        var mean = gaps.Average();
        var variation = Math.Sqrt(gaps.Average(gap => (gap - mean) * (gap - mean))) / mean;
        Assert.All(gaps, static gap => Assert.True(gap >= 0));
        Assert.Equal(1 / Rate, mean, 0.02 / Rate);
        Assert.Equal(expected, variation, Math.Max(0.001, 0.02 * expected));
    }

    [Fact]
    public void Streams_of_one_seed_differ_and_each_comes_again()
    {
        double[] Draw(int seed, int stream)
        {
            var random = Seed.CreateRandom(seed, stream);
            return [random.NextDouble(), random.NextDouble()];
        }

        Assert.Equal(Draw(1, 0), Draw(1, 0));
        Assert.NotEqual(Draw(1, 0), Draw(1, 1));
        Assert.NotEqual(Draw(1, 0), Draw(2, 0));
    }

    [Fact]
    public void A_trace_is_replayed_in_its_order_at_its_speed()
    {
        var path = _directory.Write("trace.csv", "Id,TIMESTAMP\n1,2023-11-16 18:15:46.5000000\n2,2023-11-16 18:15:50\n3,2023-11-16 18:15:48.25\n"u8);

        var arrivals = new TraceReplay(ArrivalTrace.Read(path), 0.5).Start(new Random(1));

        Assert.Equal([0, 3.5, 7], new[] { Next(arrivals), Next(arrivals), Next(arrivals) }.Select(static moment => moment.TotalSeconds));
        Assert.False(arrivals.TryGetNext(out _));
    }

    [Fact]
    public void Seconds_without_a_header_are_a_trace_too()
    {
        var path = _directory.Write("trace.csv", "10.5\n11\n"u8);

        Assert.Equal([TimeSpan.Zero, TimeSpan.FromSeconds(0.5)], ArrivalTrace.Read(path).Offsets);
    }

    [Theory]
    [InlineData("TIMESTAMP\nyesterday\n", "line 2: 'yesterday' is no moment")]
    [InlineData("A,TIMESTAMP\n1\n", "line 2: '1' is no moment")]
    [InlineData("TIMESTAMP\n", "has no arrivals")]
    public void What_is_no_trace_is_said(string content, string message)
    {
        var path = _directory.Write("trace.csv", System.Text.Encoding.UTF8.GetBytes(content));

        Assert.Contains(message, Assert.Throws<LoadException>(() => ArrivalTrace.Read(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("azure_llm_2023_code.csv", 8_819)]
    [InlineData("azure_llm_2023_conv.csv", 19_366)]
    public void Recorded_traces_are_read_whole(string file, int arrivals)
    {
        var trace = ArrivalTrace.Read(TestData.Require("traces", file));

        Assert.Equal(arrivals, trace.Offsets.Length);
        Assert.InRange(trace.Length, TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(70));
    }

    public void Dispose() => _directory.Dispose();

    private static TimeSpan Next(IArrivalProcess arrivals)
    {
        Assert.True(arrivals.TryGetNext(out var sinceStart));
        return sinceStart;
    }
}
