namespace Camshaft.Backends.Tests;

public sealed class RecordingGateTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly RecordingGate _gate = new();

    [Fact]
    public void A_recording_waits_for_calls_and_calls_for_a_recording()
    {
        _gate.EnterCall();
        using var begun = new ManualResetEventSlim();
        using var ending = new ManualResetEventSlim();
        var isRecording = false;
        var recorder = Start(() =>
        {
            Assert.True(_gate.TryEnterRecording());
            Volatile.Write(ref isRecording, true);
            begun.Set();
            Assert.True(ending.Wait(Patience));
            Volatile.Write(ref isRecording, false);
            _gate.ExitRecording();
        });
        Assert.False(begun.IsSet);
        _gate.ExitCall();
        Assert.True(begun.Wait(Patience));
        var sawRecording = true;
        var caller = Start(() =>
        {
            _gate.EnterCall();
            sawRecording = Volatile.Read(ref isRecording);
            _gate.ExitCall();
        });
        var loader = Start(() =>
        {
            _gate.EnterLongCall();
            sawRecording |= Volatile.Read(ref isRecording);
            _gate.ExitLongCall();
        });
        ending.Set();

        Assert.True(recorder.Join(Patience) && caller.Join(Patience) && loader.Join(Patience));
        Assert.False(sawRecording);
    }

    [Fact]
    public void Nothing_is_recorded_beside_a_long_call_or_another_recording()
    {
        _gate.EnterLongCall();
        Assert.False(_gate.TryEnterRecording());
        _gate.ExitLongCall();
        Assert.True(_gate.TryEnterRecording());
        Assert.False(_gate.TryEnterRecording());
        _gate.ExitRecording();
        Assert.True(_gate.TryEnterRecording());
    }

    [Fact]
    public void Calls_and_recordings_of_many_threads_never_meet()
    {
        var (calls, recordings, met, recorded) = (0, 0, 0, 0);
        var threads = Enumerable.Range(0, 4).Select(seed => Start(() =>
        {
            var random = new Random(seed);
            for (var round = 0; round < 2000; round++)
            {
                if (random.Next(8) > 0)
                {
                    _gate.EnterCall();
                    Interlocked.Increment(ref calls);
                    met += Volatile.Read(ref recordings);
                    Interlocked.Decrement(ref calls);
                    _gate.ExitCall();
                }
                else if (_gate.TryEnterRecording())
                {
                    recorded++;
                    Interlocked.Increment(ref recordings);
                    met += Volatile.Read(ref calls) + Volatile.Read(ref recordings) - 1;
                    Interlocked.Decrement(ref recordings);
                    _gate.ExitRecording();
                }
            }
        })).ToList();

        Assert.All(threads, static thread => Assert.True(thread.Join(Patience)));
        Assert.Equal(0, met);
        Assert.True(recorded > 0);
    }

    private static Thread Start(ThreadStart body)
    {
        var thread = new Thread(body) { IsBackground = true };
        thread.Start();
        return thread;
    }
}
