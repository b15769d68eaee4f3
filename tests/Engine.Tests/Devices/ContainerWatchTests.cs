using System.Text;
using Camshaft.Engine.Devices;
using Camshaft.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Engine.Tests.Devices;

public sealed class ContainerWatchTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly FakeTimeProvider _clock = new();

    public ContainerWatchTests()
    {
        Write("proc/cgroup", "9:memory:/old\n0::/pods/server\n");
        Write("proc/status", "Name:\tcamshaft\nCpus_allowed_list:\t0-5,8,10-11\n");
        Write("group/cpu.stat", "");
        Write("group/pods/server/cpu.max", "max 100000");
        Write("group/pods/server/memory.max", "max");
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Without_limits_there_are_the_processors_that_it_may_run_on() => Assert.Equal(new ContainerLimits(9, null), Read());

    [Fact]
    public void A_quota_is_rounded_up()
    {
        Write("group/pods/server/cpu.max", "250000 100000\n");

        Assert.Equal(3, Read().ProcessorCount);
    }

    [Fact]
    public void The_least_limit_on_the_way_up_holds()
    {
        Write("group/pods/server/cpu.max", "400000 100000");
        Write("group/pods/cpu.max", "50000 100000");
        Write("group/pods/memory.max", "1000\n");
        Write("group/pods/server/memory.max", "2000\n");

        Assert.Equal(new ContainerLimits(1, 1000), Read());
    }

    [Fact]
    public void Where_the_group_is_mounted_as_the_root_its_limits_are_found()
    {
        Write("proc/cgroup", "0::/not/visible/here\n");
        Write("group/memory.max", "3000\n");

        Assert.Equal(3000, Read().MemoryByteSize);
    }

    [Fact]
    public void Without_any_files_there_is_no_limit()
    {
        var limits = new CgroupReader(Path.Combine(_directory.FullPath, "nothing"), Path.Combine(_directory.FullPath, "nobody")).Read();

        Assert.Equal(new ContainerLimits(Environment.ProcessorCount, null), limits);
    }

    [Theory]
    [InlineData("")]
    [InlineData("100000")]
    [InlineData("fast 100000")]
    [InlineData("100000 0")]
    public void What_cannot_be_read_is_no_limit(string quota)
    {
        Write("group/pods/server/cpu.max", quota);

        Assert.Equal(9, Read().ProcessorCount);
    }

    [Fact]
    public void A_look_costs_little_memory()
    {
        Write("proc/status", string.Concat(Enumerable.Range(0, 100).Select(static i => $"Line{i}:\t{new string('x', 80)}\n")) + "Cpus_allowed_list:\t0-5\n");
        var reader = CreateReader();
        Assert.Equal(6, reader.Read().ProcessorCount);
        var before = GC.GetAllocatedBytesForCurrentThread();
        reader.Read();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
    }

    [Fact]
    public void Changes_are_told_once_and_only_those()
    {
        var told = new List<string>();
        using var watch = new ContainerWatch(CreateReader(), _clock);
        watch.ProcessorCountChanged += count => told.Add($"{count} processors");
        watch.MemoryLimitChanged += byteSize => told.Add($"{byteSize?.ToString() ?? "no"} bytes");
        watch.Start();
        Look();
        Assert.Empty(told);

        Write("group/pods/server/cpu.max", "200000 100000");
        Look();
        Look();
        Write("group/pods/server/memory.max", "5000");
        Look();
        Write("group/pods/server/memory.max", "max");
        Look();
        Assert.Equal(["2 processors", "5000 bytes", "no bytes"], told);
        Assert.Equal((2, null), (watch.ProcessorCount, watch.MemoryByteSize));
    }

    private void Look() => _clock.Advance(TimeSpan.FromSeconds(5));

    private CgroupReader CreateReader() => new(Path.Combine(_directory.FullPath, "group"), Path.Combine(_directory.FullPath, "proc"));

    private ContainerLimits Read() => CreateReader().Read();

    private void Write(string path, string content) => _directory.Write(path, Encoding.UTF8.GetBytes(content));
}
