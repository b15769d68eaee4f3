using Camshaft.Backends.OnnxRuntime.Gpu;

namespace Camshaft.Backends.OnnxRuntime.Tests.Gpu;

public sealed class RecordedShapesTests
{
    private readonly RecordedShapes _shapes = new();

    [Fact]
    public void What_comes_a_second_time_is_recorded_and_then_played()
    {
        Assert.Equal((RecordedShapes.None, false), Find([1, 2]));
        Assert.Equal((1, true), Find([1, 2]));
        _shapes.End(isRecorded: true);
        Assert.Equal((1, false), Find([1, 2]));
        Assert.Equal((RecordedShapes.None, false), Find([1, 3]));
        Assert.Equal((2, true), Find([1, 3]));
    }

    [Fact]
    public void What_could_not_be_recorded_now_is_due_again()
    {
        Find([1]);
        Assert.Equal((1, true), Find([1]));
        Assert.Equal((1, true), Find([1]));
    }

    [Fact]
    public void What_failed_is_not_tried_again_and_its_number_not_given_again()
    {
        Find([1]);
        Find([1]);
        _shapes.End(isRecorded: false);

        Assert.Equal((RecordedShapes.None, false), Find([1]));
        Find([2]);
        Assert.Equal((2, true), Find([2]));
    }

    [Fact]
    public void Beyond_sixteen_the_one_used_longest_ago_makes_room()
    {
        for (var length = 1; length <= RecordedShapes.MostGraphs; length++)
        {
            Assert.Equal(0, Record(length));
        }

        // The first is used again, so the second is the one.
        Find([1]);
        Assert.Equal(2, Record(17));
        Assert.Equal((1, false), Find([1]));
        Assert.Equal((17, false), Find([17]));

        // It may come back, under another number.
        Assert.Equal((RecordedShapes.None, false), Find([2]));
        Assert.Equal((18, true), Find([2]));
    }

    [Fact]
    public void No_more_than_sixty_four_are_recorded_in_all()
    {
        for (var length = 1; length <= RecordedShapes.MostRecordings; length++)
        {
            Record(length);
        }

        Find([100]);
        Assert.Equal((RecordedShapes.None, false), Find([100]));
        Assert.Equal((RecordedShapes.MostRecordings, false), Find([RecordedShapes.MostRecordings]));
    }

    [Fact]
    public void Shapes_that_come_once_do_not_push_out_what_is_recorded()
    {
        Find([1]);
        Find([1]);
        _shapes.End(isRecorded: true);
        for (var length = 2; length < 100; length++)
        {
            Find([length]);
        }

        Assert.Equal((1, false), Find([1]));
        Assert.Equal((RecordedShapes.None, false), Find([2]));
        Assert.True(Find([99]).IsDue);
    }

    [Fact]
    public void What_another_thread_has_recorded_is_not_played()
    {
        Find([1]);
        Find([1]);
        _shapes.End(isRecorded: true);

        Assert.Equal((RecordedShapes.None, false), Find([1], thread: 8));
        Assert.Equal((2, true), Find([1], thread: 8));
    }

    private int Record(long length)
    {
        Find([length]);
        Assert.True(Find([length]).IsDue);
        return _shapes.End(isRecorded: true);
    }

    private (int Number, bool IsDue) Find(long[] key, int thread = 7)
    {
        var number = _shapes.Find(key, thread, out var isDue);
        return (number, isDue);
    }
}
