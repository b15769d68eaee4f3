using Camshaft.Testing.Cuda;

namespace Camshaft.Backends.Cuda.Tests;

/// <summary>The simulated driver notices what it is there to notice.</summary>
public sealed unsafe class SimulationTests
{
    [Fact]
    public void Bytes_come_back_as_they_went()
    {
        using var device = new Device();
        using var stream = device.CreateStream();
        var (source, target) = (device.Allocate(1, 2, 3), device.Allocate(0, 0, 0));
        var memory = device.Pool.TryAllocate(3, stream);
        stream.CopyIn(memory, source, 3);
        stream.CopyOut(target, memory, 3);
        device.Pool.Free(memory, stream);
        stream.Synchronize();

        Assert.Equal([1, 2, 3], Device.Read(target, 3));
        device.Host.Free(source, 3);
        device.Host.Free(target, 3);
    }

    [Fact]
    public void Memory_that_nothing_has_written_is_not_read() => AssertNoticed(
        "cuMemcpyDtoHAsync: byte 0 of an allocation of 4 bytes (cuMemAlloc) is read, and nothing has written it yet",
        static device =>
        {
            using var stream = device.CreateStream();
            using var memory = CudaMemory.Allocate(device.Context, 4);
            var host = device.Allocate(0, 0, 0, 0);
            stream.CopyOut(host, memory.Value, 4);
            stream.Synchronize();
            device.Host.Free(host, 4);
        });

    [Fact]
    public void Host_memory_is_not_changed_before_it_is_copied() => AssertNoticed(
        "cuMemcpyHtoDAsync: the host's memory was changed before the copy had run",
        static device =>
        {
            using var stream = device.CreateStream();
            using var memory = CudaMemory.Allocate(device.Context, 4);
            var host = device.Allocate(1, 2, 3, 4);
            stream.CopyIn(memory.Value, host, 4);
            *(byte*)host = 9;
            stream.Synchronize();
            device.Host.Free(host, 4);
        });

    [Fact]
    public void Results_that_are_read_too_early_are_none()
    {
        using var device = new Device();
        using var stream = device.CreateStream();
        using var memory = CudaMemory.Allocate(device.Context, 1);
        var host = device.Allocate(0);
        stream.Fill(memory.Value, 42, 1);
        stream.CopyOut(host, memory.Value, 1);

        Assert.NotEqual([42], Device.Read(host, 1));
        stream.Synchronize();
        Assert.Equal([42], Device.Read(host, 1));
        device.Host.Free(host, 1);
    }

    [Fact]
    public void Host_memory_is_not_freed_under_a_copy() => AssertNoticed(
        "cuMemFreeHost: cuMemcpyHtoDAsync still uses the memory",
        static device =>
        {
            using var stream = device.CreateStream();
            using var memory = CudaMemory.Allocate(device.Context, 4);
            var host = device.Allocate(1, 2, 3, 4);
            stream.CopyIn(memory.Value, host, 4);
            Assert.Throws<CudaException>(() => device.Host.Free(host, 4));
            stream.Synchronize();
            device.Host.Free(host, 4);
        });

    [Fact]
    public void Memory_is_not_used_after_it_is_freed() => AssertNoticed(
        "was freed by cuMemFree",
        static device =>
        {
            using var stream = device.CreateStream();
            var memory = CudaMemory.Allocate(device.Context, 4);
            var address = memory.Value;
            memory.Dispose();
            stream.Fill(address, 0, 4);
            Assert.Throws<CudaException>(stream.Synchronize);
        },
        isDeviceLost: true);

    [Fact]
    public void Memory_is_not_used_by_a_stream_before_another_has_taken_it() => AssertNoticed(
        "is used before cuMemAllocFromPoolAsync has run: a wait is missing",
        static device =>
        {
            using var one = device.CreateStream();
            using var other = device.CreateStream();
            var memory = device.Pool.TryAllocate(4, one);
            other.Fill(memory, 0, 4);
            device.Pool.Free(memory, one);
            Assert.Throws<CudaException>(other.Synchronize);
        },
        isDeviceLost: true);

    [Fact]
    public void A_stream_of_another_device_is_refused()
    {
        using var simulation = new SimulatedDriver(new SimulatedDriverOptions { DeviceCount = 2 });
        var driver = new CudaDriver(simulation.Resolve);
        using var first = driver.RetainContext(0);
        using var second = driver.RetainContext(1);
        using var stream = CudaStream.Create(first, priority: 0);
        using var memory = CudaMemory.Allocate(second, 4);

        Assert.Throws<CudaException>(() => stream.Fill(memory.Value, 0, 4));
        Assert.Contains("the stream is device 0's, and the thread's context device 1's", Assert.Single(simulation.TakeFailures()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_of_the_host_that_calls_the_driver_is_noticed() => AssertNoticed(
        "cuCtxSetCurrent: called by a function that cuLaunchHostFunc runs",
        static device =>
        {
            using var stream = device.CreateStream();
            _context = device.Context;
            stream.Call(&CallTheDriver, 0);
            stream.Synchronize();
        });

    [Fact]
    public void What_is_never_given_back_fails_the_test()
    {
        var simulation = new SimulatedDriver();
        var context = new CudaDriver(simulation.Resolve).RetainContext(0);
        var stream = CudaStream.Create(context, priority: 0);

        var failure = Assert.ThrowsAny<Exception>(simulation.Dispose);
        Assert.Contains("cuStreamCreateWithPriority: 1 never given back", failure.Message, StringComparison.Ordinal);
        Assert.Contains("the context of device 0 is still held", failure.Message, StringComparison.Ordinal);
        stream.SetHandleAsInvalid();
        context.SetHandleAsInvalid();
    }

    [Fact]
    public void Streams_that_wait_for_nothing_run_in_every_order()
    {
        var orders = Enumerable.Range(0, 200).Select(static seed => RunBoth(seed, waits: false)).Distinct().ToList();

        Assert.Equal<byte>([1, 2], orders.Order());
    }

    [Fact]
    public void A_stream_that_waits_runs_after_what_it_waits_for() =>
        Assert.All(Enumerable.Range(0, 200), static seed => Assert.Equal(2, RunBoth(seed, waits: true)));

    [Fact]
    public void The_same_seed_gives_the_same_order() =>
        Assert.All(Enumerable.Range(0, 50), static seed => Assert.Equal(RunBoth(seed, waits: false), RunBoth(seed, waits: false)));

    [Fact]
    public void A_driver_that_runs_by_itself_needs_nobody_to_wait()
    {
        using var device = new Device(new SimulatedDriverOptions { RunsByItself = true });
        using var stream = device.CreateStream();
        using var done = new ManualResetEventSlim();
        _done = done;
        stream.Call(&SetDone, 0);

        Assert.True(done.Wait(TimeSpan.FromSeconds(30)));
        stream.Synchronize();
    }

    private static CudaContext? _context;
    private static ManualResetEventSlim? _done;

    [System.Runtime.InteropServices.UnmanagedCallersOnly]
    private static void CallTheDriver(nint argument)
    {
        try
        {
            _context!.MakeCurrent();
        }
        catch (CudaException)
        {
            // The driver refuses, which is not what this is about.
        }
    }

    [System.Runtime.InteropServices.UnmanagedCallersOnly]
    private static void SetDone(nint argument) => _done!.Set();

    [Fact]
    public void Memory_is_not_used_by_what_is_enqueued_after_it_was_given_back() => AssertNoticed(
        "cuMemsetD8Async: the memory at",
        static device =>
        {
            using var stream = device.CreateStream();
            using var other = device.CreateStream();
            var memory = device.Pool.TryAllocate(4, stream);
            stream.Synchronize();

            // It is still there when this runs, and need not be.
            using var ended = CudaEvent.Create(device.Context, keepsTime: false);
            stream.WaitFor(ended);
            device.Pool.Free(memory, stream);
            other.Fill(memory, 1, 4);
            Assert.True(Assert.Throws<CudaException>(other.Synchronize).IsSticky);
        },
        isDeviceLost: true);

    [Fact]
    public void An_event_is_not_recorded_on_a_stream_of_another_part_of_the_device() => AssertNoticed(
        "cuEventRecord: the event was made in another context than the stream's",
        static device =>
        {
            using var part = CudaGreenContext.Create(device.Context, CudaMultiprocessors.Split(device.Context), [0]);
            using var stream = CudaStream.Create(part, priority: 0);
            using var right = CudaEvent.Create(stream, keepsTime: false);
            using var wrong = CudaEvent.Create(device.Context, keepsTime: false);
            right.Record(stream);
            Assert.Throws<CudaException>(() => wrong.Record(stream));
            stream.Synchronize();
        });

    [Fact]
    public void A_stream_that_records_is_not_waited_for() => AssertNoticed(
        "cuStreamSynchronize: the stream records",
        static device =>
        {
            using var stream = device.CreateStream();
            Assert.Throws<CudaException>(() => CudaGraph.Capture(device.Context, stream.Value, stream.Synchronize));
        });

    [Fact]
    public void A_thread_that_records_takes_no_memory() => AssertNoticed(
        "cuMemAlloc: this thread records",
        static device =>
        {
            using var stream = device.CreateStream();
            Assert.Throws<CudaException>(() => CudaGraph.Capture(device.Context, stream.Value, () => CudaMemory.Allocate(device.Context, 4)));
        });

    [Fact]
    public void What_a_pool_keeps_is_not_free_to_others_before_it_is_trimmed()
    {
        using var device = new Device();
        using var stream = device.CreateStream();
        var free = device.Context.FreeByteSize;
        device.Pool.Free(device.Pool.TryAllocate(1000, stream), stream);
        stream.Synchronize();

        Assert.Equal((free - 1000, 1000), (device.Context.FreeByteSize, device.Pool.UnusedByteSize));
        device.Pool.Trim();
        Assert.Equal((free, 0), (device.Context.FreeByteSize, device.Pool.UnusedByteSize));
    }

    private static void AssertNoticed(string expected, Action<Device> act, bool isDeviceLost = false)
    {
        using var device = new Device();
        act(device);
        if (!isDeviceLost)
        {
            device.Simulation.Run();
        }

        Assert.Contains(expected, Assert.Single(device.Simulation.TakeFailures()), StringComparison.Ordinal);
    }

    // Two streams write to one byte; what the last one wrote is there in the end.
    private static byte RunBoth(int seed, bool waits)
    {
        using var device = new Device(new SimulatedDriverOptions { Seed = seed });
        using var one = device.CreateStream();
        using var other = device.CreateStream();
        using var marker = CudaEvent.Create(device.Context, keepsTime: false);
        using var memory = CudaMemory.Allocate(device.Context, 1);
        var host = device.Allocate(0);
        one.Fill(memory.Value, 1, 1);
        marker.Record(one);
        if (waits)
        {
            other.WaitFor(marker);
        }

        other.Fill(memory.Value, 2, 1);
        device.Simulation.Run();
        other.CopyOut(host, memory.Value, 1);
        other.Synchronize();
        var last = Device.Read(host, 1)[0];
        device.Host.Free(host, 1);
        return last;
    }
}
