using Camshaft.Engine.Alerts;
using Camshaft.Engine.Alerts.Readings;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Objectives;

namespace Camshaft.Engine.Tests.Alerts;

/// <summary>Objectives in virtual time: what they count, and when their budgets burn.</summary>
public sealed class ObjectiveStateTests
{
    private static readonly LatencyObjective Monthly = new(TimeSpan.FromMilliseconds(20)) { Percentile = 99, Availability = 99.9, Window = TimeSpan.FromDays(30) };
    private static readonly LatencyObjective Hourly = Monthly with { Window = TimeSpan.FromHours(1) };

    private readonly ScriptedServer _server = new();

    [Fact]
    public void A_model_without_an_objective_has_no_state()
    {
        _server.Pass(TimeSpan.FromMinutes(1), ScriptedServer.Answered(10, 0));

        Assert.Empty(_server.Monitor.Current.Objectives);
    }

    [Fact]
    public void Both_budgets_are_whole_while_every_promise_is_kept()
    {
        _server.Promise(Hourly);
        _server.Pass(TimeSpan.FromMinutes(30), ScriptedServer.Answered(100, 100));

        Assert.All(_server.Objectives.States, static state => Assert.Equal((1.0, ObjectiveHealth.Kept), (state.BudgetLeft, state.Health)));
        Assert.Empty(_server.Told);
    }

    [Fact]
    public void Requests_before_the_first_reading_of_their_model_count()
    {
        _server.Model = null;
        _server.Pass(TimeSpan.FromSeconds(30));
        _server.Model = new ModelReading("m") { Objective = Hourly, Totals = ScriptedServer.Answered(100, 90) };
        _server.Pass(TimeSpan.FromSeconds(5));

        Assert.Equal((90, 100), (_server.Objectives.Latency.Tally.Good, _server.Objectives.Latency.Tally.Total));
    }

    [Fact]
    public void Late_answers_burn_the_latency_budget_alone()
    {
        _server.Promise(Hourly);
        _server.Pass(TimeSpan.FromMinutes(30), ScriptedServer.Answered(200, 199));

        Assert.Equal(0.5, _server.Objectives.Latency.BudgetLeft, 1e-6);
        Assert.Equal(0.5, _server.Objectives.Latency.BurnRate, 1e-6);
        Assert.Equal(1, _server.Objectives.Availability.BudgetLeft);
    }

    [Fact]
    public void Requests_that_fail_burn_the_availability_budget_alone()
    {
        _server.Promise(Hourly);
        _server.Pass(TimeSpan.FromMinutes(30), ScriptedServer.Failing(2000, 1999));

        Assert.Equal(0.5, _server.Objectives.Availability.BudgetLeft, 1e-6);
        Assert.Equal(1, _server.Objectives.Latency.BudgetLeft);
    }

    [Fact]
    public void What_is_older_than_the_window_counts_no_more()
    {
        _server.Promise(Hourly);
        _server.Pass(TimeSpan.FromMinutes(10), ScriptedServer.Answered(100, 0));
        _server.Pass(TimeSpan.FromMinutes(62), ScriptedServer.Answered(100, 100));

        Assert.Equal(1, _server.Objectives.Latency.BudgetLeft);
        Assert.Equal(TimeSpan.FromHours(1), _server.Objectives.Observed);
    }

    [Fact]
    public void A_budget_that_is_overspent_is_broken_after_the_burning_ends()
    {
        _server.Promise(Hourly);
        _server.Pass(TimeSpan.FromMinutes(10), ScriptedServer.Answered(100, 0));
        Assert.Equal(ObjectiveHealth.BurningFast, _server.Objectives.Latency.Health);
        _server.Pass(TimeSpan.FromMinutes(10), ScriptedServer.Answered(100, 100));

        Assert.Equal(ObjectiveHealth.Broken, _server.Objectives.Latency.Health);
        Assert.True(_server.Objectives.Latency.BudgetLeft < 0);
    }

    // 99 %: a burn rate of 15 is 15 % late answers, 7 is 7 %, 3.5 is 3.5 %, 1.5 is 1.5 %; each is seen by its own pair.
    [Theory]
    [InlineData(850, AlertNames.SloFastBurn, 14.4, 1)]
    [InlineData(930, AlertNames.SloFastBurn, 6, 6)]
    [InlineData(965, AlertNames.SloSlowBurn, 3, 24)]
    [InlineData(985, AlertNames.SloSlowBurn, 1, 72)]
    public void Each_burn_rate_is_told_within_its_own_long_window(int inTimeOfThousand, string alert, double factor, int longHours)
    {
        // A month is well seen by looking every minute.
        _server.Interval = TimeSpan.FromMinutes(1);
        _server.Promise(Monthly);
        _server.Pass(TimeSpan.FromHours(longHours) * 2, ScriptedServer.Answered(1000, 1000));
        Assert.Empty(_server.Told);
        _server.Pass(TimeSpan.FromHours(longHours) * 1.1, ScriptedServer.Answered(1000, inTimeOfThousand));

        Assert.Contains(alert, _server.Firing);
        Assert.Contains(_server.Objectives.Latency.Burns, burn => burn.IsMet && burn.Rule.Factor == factor);
        Assert.DoesNotContain(_server.Objectives.Latency.Burns, burn => burn.IsMet && burn.Rule.Factor > factor);
    }

    [Fact]
    public void A_burst_that_is_over_is_not_told_of()
    {
        // Two minutes of nothing but late answers: by the hour 3.3 % of the traffic, by the short window, when the hour has it, nothing.
        _server.Promise(Monthly);
        _server.Pass(TimeSpan.FromHours(2), ScriptedServer.Answered(100, 100));
        _server.Pass(TimeSpan.FromMinutes(2), ScriptedServer.Answered(100, 0));
        _server.Pass(TimeSpan.FromHours(1), ScriptedServer.Answered(100, 100));

        Assert.DoesNotContain(_server.Told, static alert => alert.Name is AlertNames.SloFastBurn or AlertNames.SloSlowBurn);
    }

    [Fact]
    public void An_outage_is_told_as_soon_as_it_has_spent_what_its_long_window_stands_for()
    {
        // 14.4 times the budget of an hour is gone after 8.64 minutes in which nothing is in time.
        _server.Promise(Monthly);
        _server.Pass(TimeSpan.FromHours(2), ScriptedServer.Answered(100, 100));
        _server.Pass(TimeSpan.FromMinutes(8), ScriptedServer.Answered(100, 0));
        Assert.DoesNotContain(AlertNames.SloFastBurn, _server.Firing);
        _server.Pass(TimeSpan.FromMinutes(2), ScriptedServer.Answered(100, 0));

        Assert.Contains(AlertNames.SloFastBurn, _server.Firing);
    }

    [Fact]
    public void A_server_that_has_just_started_is_judged_as_if_all_had_been_well_before()
    {
        _server.Promise(Monthly);
        _server.Pass(TimeSpan.FromMinutes(8), ScriptedServer.Answered(100, 0));
        Assert.DoesNotContain(AlertNames.SloFastBurn, _server.Firing);
        _server.Pass(TimeSpan.FromMinutes(2), ScriptedServer.Answered(100, 0));

        Assert.Contains(AlertNames.SloFastBurn, _server.Firing);
    }

    [Fact]
    public void Too_few_requests_are_not_judged()
    {
        _server.Promise(Hourly);
        _server.Pass(TimeSpan.FromSeconds(5), ScriptedServer.Answered(9, 0));
        _server.Pass(TimeSpan.FromHours(2));

        Assert.Empty(_server.Told);
    }

    [Fact]
    public void Another_objective_begins_with_a_window_of_its_own()
    {
        _server.Promise(Hourly);
        _server.Pass(TimeSpan.FromMinutes(10), ScriptedServer.Answered(100, 0));
        _server.Promise(Hourly with { Latency = TimeSpan.FromMilliseconds(50) });
        _server.Pass(TimeSpan.FromMinutes(1), ScriptedServer.Answered(100, 100));

        Assert.Equal(1, _server.Objectives.Latency.BudgetLeft);
        Assert.Equal(TimeSpan.FromMinutes(1), _server.Objectives.Observed);
    }

    [Fact]
    public void A_model_that_is_gone_leaves_nothing_behind()
    {
        _server.Promise(Hourly);
        _server.Pass(TimeSpan.FromMinutes(10), ScriptedServer.Answered(100, 0));
        _server.Model = null;
        _server.Pass(TimeSpan.FromMinutes(1));

        Assert.Empty(_server.Monitor.Current.Objectives);
        Assert.Empty(_server.Monitor.Current.Active);
    }
}
