using Camshaft.Backends;
using Camshaft.Transport.Binary.Connections;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Transport.Binary.Tests;

/// <summary>When a client has had its time, to the second.</summary>
public sealed class ConnectionWatchTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ConnectionWatch _watch;

    public ConnectionWatchTests() => _watch = new ConnectionWatch(new BinaryTransportOptions(), _clock);

    [Fact]
    public void A_hello_has_thirty_seconds()
    {
        _watch.BeginReceive(isAmidFrame: false);
        Pass(30);
        Assert.Null(_watch.Check(isBusy: false));

        Pass(1);
        Assert.Equal(StatusCode.DeadlineExceeded, _watch.Check(isBusy: false)!.Value.Code);
    }

    [Fact]
    public void A_connection_is_idle_when_nothing_is_in_flight_and_no_frame_came_for_its_time()
    {
        Greet();
        Pass(131);
        Assert.Null(_watch.Check(isBusy: true));
        Assert.Equal(InferenceStatus.Ok, _watch.Check(isBusy: false));

        _watch.EndReceive(64);
        _watch.OnFrame();
        _watch.BeginReceive(isAmidFrame: false);
        Pass(130);
        Assert.Null(_watch.Check(isBusy: false));
    }

    [Fact]
    public void A_result_that_went_out_counts_as_a_sign_of_life()
    {
        Greet();
        Pass(129);
        _watch.BeginSend(1000);
        _watch.EndSend();
        Pass(129);

        Assert.Null(_watch.Check(isBusy: false));
    }

    [Fact]
    public void A_frame_that_stands_still_has_five_seconds()
    {
        Greet();
        _watch.EndReceive(10);
        _watch.BeginReceive(isAmidFrame: true);
        Pass(5);
        Assert.Null(_watch.Check(isBusy: true));

        Pass(1);
        Assert.Equal("A frame arrives at less than 240 bytes a second.", _watch.Check(isBusy: true)!.Value.Message);
    }

    [Theory]
    [InlineData(239, false)]
    [InlineData(241, true)]
    public void A_frame_that_trickles_is_judged_by_its_rate(int bytesPerSecond, bool isFastEnough)
    {
        Greet();
        for (var second = 0; second < 20; second++)
        {
            Pass(1);
            _watch.EndReceive(bytesPerSecond);
            _watch.BeginReceive(isAmidFrame: true);
        }

        Assert.Equal(isFastEnough, _watch.Check(isBusy: false) is null);
    }

    [Fact]
    public void Time_in_which_nothing_is_read_is_not_the_clients()
    {
        Greet();
        _watch.EndReceive(10);
        Pass(600);
        Assert.Null(_watch.Check(isBusy: false));
        _watch.BeginReceive(isAmidFrame: true);

        Assert.Null(_watch.Check(isBusy: false));
    }

    [Fact]
    public void What_is_sent_is_to_be_taken_at_the_least_rate_after_a_grace()
    {
        _watch.BeginSend(2400);
        Pass(15);
        Assert.False(_watch.IsSendStalled());

        Pass(1);
        Assert.True(_watch.IsSendStalled());
        _watch.EndSend();
        Assert.False(_watch.IsSendStalled());
    }

    private void Greet()
    {
        _watch.OnHello();
        _watch.OnFrame();
        _watch.BeginReceive(isAmidFrame: false);
    }

    private void Pass(int seconds) => _clock.Advance(TimeSpan.FromSeconds(seconds));
}
