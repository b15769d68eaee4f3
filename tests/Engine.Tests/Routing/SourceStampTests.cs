using Camshaft.Engine.Routing;
using Camshaft.Testing;

namespace Camshaft.Engine.Tests.Routing;

/// <summary>What a look at the sources of the rules notices, and what it costs.</summary>
public sealed class SourceStampTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public SourceStampTests()
    {
        Write("models/first/model.yaml", "a: 1\n");
        Write("models/second/1/model.sample", "");
        Write("camshaft.json", "{}");
    }

    private string Models => Path.Combine(_directory.FullPath, "models");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Each_change_is_noticed_and_nothing_else_is()
    {
        var source = new SourceStamp(Path.Combine(_directory.FullPath, "camshaft.json"), [Models, Path.Combine(_directory.FullPath, "absent")]);
        var stamps = new List<object> { source.Take() };
        void Change(Action action)
        {
            action();
            Assert.Equal(source.Take(), source.Take());
            stamps.Add(source.Take());
        }

        Change(() => Write("models/first/model.yaml", "a: 12\n"));
        Change(() => Write("models/second/model.yaml", ""));
        Change(() => File.Delete(Path.Combine(Models, "second", "model.yaml")));
        Change(() => Write("camshaft.json", "{ }"));
        Change(() => Directory.Move(Path.Combine(Models, "second"), Path.Combine(Models, "third")));
        Change(() => Directory.CreateDirectory(Path.Combine(_directory.FullPath, "absent", "fourth")));
        Change(() => File.SetLastWriteTimeUtc(Path.Combine(Models, "first", "model.yaml"), DateTime.UnixEpoch));
        Change(() => Directory.Delete(Path.Combine(Models, "first"), recursive: true));

        Assert.Equal(stamps.Count, stamps.Distinct().Count());
    }

    [Fact]
    public void A_link_is_what_it_leads_to()
    {
        Write("elsewhere/model.yaml", "a: 1\n");
        File.CreateSymbolicLink(Path.Combine(Models, "second", "model.yaml"), Path.Combine(_directory.FullPath, "elsewhere", "model.yaml"));
        var source = new SourceStamp(null, [Models]);
        var before = source.Take();
        Write("elsewhere/model.yaml", "a: 12\n");

        Assert.NotEqual(before, source.Take());
    }

    [Fact]
    public void Models_that_are_known_cost_no_memory()
    {
        var source = new SourceStamp(null, [Models]);
        var few = Measure(source);
        for (var i = 0; i < 100; i++)
        {
            Write($"models/more{i}/model.yaml", "a: 1\n");
        }

        Assert.InRange(Measure(source) - few, -1000, 1000);
    }

    private static long Measure(SourceStamp source)
    {
        source.Take();
        var before = GC.GetAllocatedBytesForCurrentThread();
        source.Take();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private void Write(string path, string text) => _directory.Write(path, System.Text.Encoding.UTF8.GetBytes(text));
}
