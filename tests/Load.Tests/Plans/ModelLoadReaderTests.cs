using Camshaft.Load.Plans;

namespace Camshaft.Load.Tests.Plans;

public sealed class ModelLoadReaderTests
{
    [Fact]
    public void All_settings_are_read()
    {
        var load = Read("mnist:rate=200,arrival=gamma,cv=2.5,slo=20ms,percentile=99.9,timeout=30ms,version=3,batch=4,inflight=16,shape.a/b=1x64,fill.sr=16000");

        Assert.Equal(("mnist", new GammaRate(200, 2.5)), (load.Name, load.Arrivals));
        Assert.Equal((TimeSpan.FromMilliseconds(20), 99.9, 3L, 4, 16), (load.Slo!.Value, load.Percentile, load.Version!.Value, load.BatchSize, load.MaxInFlight));
        Assert.Equal(TimeSpan.FromMilliseconds(30), load.Timeout);
        Assert.Equal([1, 64], load.Shapes["a/b"]);
        Assert.Equal(16000, load.FillValues["sr"]);
    }

    [Theory]
    [InlineData("m", typeof(ClosedLoop))]
    [InlineData("m:concurrency=4", typeof(ClosedLoop))]
    [InlineData("m:rate=1", typeof(PoissonRate))]
    [InlineData("m:rate=1,cv=2", typeof(GammaRate))]
    [InlineData("m:rate=1,arrival=constant", typeof(ConstantRate))]
    public void The_kind_of_load_follows_from_the_settings(string text, Type expected) => Assert.IsType(expected, Read(text).Arrivals);

    [Theory]
    [InlineData("m:rte=1", "'rte' is not known; expected one of rate, ")]
    [InlineData("m:rate", "'rate' is no SETTING=VALUE")]
    [InlineData("m:rate=1,rate=2", "'rate' stands there twice")]
    [InlineData("m:rate=0", "rate '0' is not usable; expected a number above 0")]
    [InlineData("m:rate=NaN", "rate 'NaN' is not usable")]
    [InlineData("m:rate=1,concurrency=2", "rate and concurrency exclude each other")]
    [InlineData("m:arrival=poisson", "arrival goes with rate only")]
    [InlineData("m:rate=1,arrival=poisson,cv=2", "cv goes with arrival=gamma only")]
    [InlineData("m:rate=1,arrival=often", "arrival 'often' is not known; expected poisson, constant or gamma")]
    [InlineData("m:rate=1,speed=2", "speed goes with trace only")]
    [InlineData("m:trace=/no/such.csv", "The trace cannot be read: ")]
    [InlineData("m:concurrency=1.5", "concurrency '1.5' is not usable; expected a whole number above 0")]
    [InlineData("m:slo=20", "'20' is no duration; expected a number with its unit")]
    [InlineData("m:slo=0ms", "slo '0ms' can never be met")]
    [InlineData("m:timeout=0ms", "timeout '0ms' is over before it begins")]
    [InlineData("m:percentile=100", "percentile '100' is not usable; expected a number above 0 and below 100")]
    [InlineData("m:shape.x=1xtwo", "'1xtwo' is no shape")]
    [InlineData("m:fill.x=much", "'much' is no number")]
    [InlineData(":rate=1", "A model needs a name")]
    public void What_is_not_understood_is_said_with_what_was_expected(string text, string message) =>
        Assert.Contains(message, Assert.Throws<LoadException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("500us", 0.0005)]
    [InlineData("20ms", 0.02)]
    [InlineData("1.5s", 1.5)]
    [InlineData("2m", 120)]
    [InlineData("1h", 3600)]
    public void Durations_have_units(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), DurationText.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("20")]
    [InlineData("-1s")]
    [InlineData("1e3s")]
    [InlineData("1 s")]
    public void Other_texts_are_no_durations(string text) => Assert.False(DurationText.TryParse(text, out _));

    private static ModelLoad Read(string text)
    {
        var (name, settings) = ModelLoadReader.Split(text);
        return ModelLoadReader.Read(name, settings);
    }
}
