using Camshaft.Engine.Scheduling.Planning;

namespace Camshaft.Engine.Tests.Scheduling;

public sealed class BatchProfileTests
{
    private static readonly BatchProfile Profile = new([new(1, 100, 110, 120), new(4, 220, 230, 300), new(8, 200, 210, 290)]);

    [Theory]
    [InlineData(1, 100, 110, 120)]
    [InlineData(2, 140, 150, 180)]
    [InlineData(4, 220, 230, 300)]
    [InlineData(8, 220, 230, 300)]
    [InlineData(16, 440, 460, 600)]
    public void Times_lie_on_lines_between_measurements_never_fall_and_grow_in_proportion_beyond(int rows, long cpu, long wall, long slowWall)
    {
        Assert.Equal(cpu, Profile.GetCpuTicks(rows));
        Assert.Equal(wall, Profile.GetWallTicks(rows));
        Assert.Equal(slowWall, Profile.GetSlowWallTicks(rows));
    }

    [Theory]
    [InlineData(119, 0)]
    [InlineData(120, 1)]
    [InlineData(299, 3)]
    [InlineData(300, 8)]
    [InlineData(10_000, 8)]
    public void A_time_is_turned_back_into_rows(double ticks, int rows) => Assert.Equal(rows, Profile.GetMaxRowsWithin(ticks));

    [Fact]
    public void What_is_no_profile_is_refused()
    {
        Assert.Throws<ArgumentException>(static () => new BatchProfile([]));
        Assert.Throws<ArgumentException>(static () => new BatchProfile([new(2, 1, 1, 1), new(2, 1, 1, 1)]));
        Assert.Throws<ArgumentException>(static () => new BatchProfile([new(0, 1, 1, 1)]));
        Assert.Throws<ArgumentException>(static () => new BatchProfile([new(BatchProfile.RowLimit + 1, 1, 1, 1)]));
        Assert.Throws<ArgumentException>(static () => new BatchProfile([new(1, 0, 1, 1)]));
        Assert.Throws<ArgumentException>(static () => new BatchProfile([new(1, 1, 2, 1)]));
    }

    [Fact]
    public void A_recorder_follows_runs_that_have_become_slower()
    {
        var recorder = new ProfileRecorder(Profile);
        for (var i = 0; i < 2000; i++)
        {
            // Every tenth run takes half as long again.
            recorder.Record(4, 440, i % 10 == 0 ? 690 : 460);
        }

        var profile = recorder.ToProfile();
        Assert.True(recorder.HasDrifted);
        Assert.InRange(profile.GetCpuTicks(4), 440 * 0.95, 440 * 1.05);
        Assert.InRange(profile.GetWallTicks(4), 460 * 0.95, 460 * 1.05);
        Assert.InRange(profile.GetSlowWallTicks(4), 690 * 0.85, 690 * 1.05);
        Assert.Equal(Profile.GetCpuTicks(1), profile.GetCpuTicks(1));
    }

    [Fact]
    public void A_recorder_leaves_a_profile_that_holds_alone()
    {
        var recorder = new ProfileRecorder(Profile);
        for (var i = 0; i < 2000; i++)
        {
            recorder.Record(1, 99 + (i % 3), i % 20 == 0 ? 121 : 109 + (i % 3));
        }

        Assert.False(recorder.HasDrifted);
    }

    [Fact]
    public void A_run_between_two_sizes_speaks_for_the_nearer_in_proportion()
    {
        var recorder = new ProfileRecorder(Profile);
        for (var i = 0; i < 500; i++)
        {
            recorder.Record(3, Profile.GetCpuTicks(3) * 2, Profile.GetWallTicks(3));
        }

        Assert.InRange(recorder.ToProfile().GetCpuTicks(4), 440 * 0.95, 440 * 1.05);
        Assert.Equal(100, recorder.ToProfile().GetCpuTicks(1));
    }
}
