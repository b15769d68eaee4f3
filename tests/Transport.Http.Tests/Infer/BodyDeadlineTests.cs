using System.IO.Pipelines;
using Camshaft.Transport.Http.Infer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Transport.Http.Tests.Infer;

/// <summary>A body that does not arrive in its time, told by a clock that the test moves.</summary>
public sealed class BodyDeadlineTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _clock = new();
    private readonly Pipe _pipe = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));

    [Fact]
    public void What_is_left_counts_down_and_the_end_is_408()
    {
        var deadline = new BodyDeadline(_clock, Timeout);
        _clock.Advance(TimeSpan.FromSeconds(9.5));
        Assert.Equal(TimeSpan.FromSeconds(0.5), deadline.Remaining);
        deadline.ThrowIfPassed();

        _clock.Advance(TimeSpan.FromSeconds(0.5));
        AssertLate(Assert.Throws<BadHttpRequestException>(deadline.ThrowIfPassed));
    }

    [Fact]
    public void Without_a_limit_no_time_is_too_long()
    {
        var deadline = new BodyDeadline(_clock, null);
        _clock.Advance(TimeSpan.FromDays(365));

        Assert.Null(deadline.Remaining);
        deadline.ThrowIfPassed();
    }

    [Fact]
    public async Task JSON_that_drips_in_too_slowly_is_408_at_the_first_byte_that_is_late()
    {
        var read = BodyReader.ReadJsonAsync(_pipe.Reader, byteSize: null, limit: 1000, new BodyDeadline(_clock, Timeout)).AsTask();
        await DripAsync(9);
        Assert.False(read.IsCompleted);

        await DripAsync(1);
        AssertLate(await Assert.ThrowsAsync<BadHttpRequestException>(() => read));
    }

    [Fact]
    public async Task JSON_that_comes_in_time_is_read_however_it_is_cut()
    {
        var read = BodyReader.ReadJsonAsync(_pipe.Reader, byteSize: 9, limit: 1000, new BodyDeadline(_clock, Timeout)).AsTask();
        await DripAsync(9);

        Assert.Equal(9, (await read).Length);
        _pipe.Reader.AdvanceTo((await read).End);
    }

    // Each byte takes a second.
    private async Task DripAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await _pipe.Writer.WriteAsync("{"u8.ToArray());
        }
    }

    private static void AssertLate(BadHttpRequestException exception)
    {
        Assert.Equal(StatusCodes.Status408RequestTimeout, exception.StatusCode);
        Assert.Equal("The body did not arrive within 10 s.", exception.Message);
    }
}
