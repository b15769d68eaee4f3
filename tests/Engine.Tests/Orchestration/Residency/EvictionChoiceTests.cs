using Camshaft.Engine.Orchestration.Residency;
using CsCheck;

namespace Camshaft.Engine.Tests.Orchestration.Residency;

public sealed class EvictionChoiceTests
{
    [Fact]
    public void What_saves_the_least_for_its_bytes_goes_first() =>
        Assert.Equal([1], Choose(100, Candidate(100, rate: 3), Candidate(100, rate: 1), Candidate(100, rate: 2)));

    [Fact]
    public void Of_two_with_the_same_rate_the_one_that_loads_faster_goes() =>
        Assert.Equal([0], Choose(100, Candidate(100, loadMilliseconds: 5), Candidate(100, loadMilliseconds: 50)));

    [Fact]
    public void Of_two_with_the_same_value_the_larger_goes() =>
        Assert.Equal([1], Choose(50, Candidate(100), Candidate(200)));

    [Fact]
    public void Of_those_that_are_worth_the_same_the_last_one_goes() =>
        Assert.Equal([2], Choose(100, Candidate(100, rate: 0), Candidate(100, rate: 0), Candidate(100, rate: 0)));

    [Fact]
    public void What_need_not_go_after_all_stays() =>
        Assert.Equal([1], Choose(900, Candidate(100, rate: 1), Candidate(1000, rate: 100)));

    [Fact]
    public void Nothing_goes_where_all_of_it_would_not_do() =>
        Assert.Empty(Choose(300, Candidate(100), Candidate(100)));

    [Fact]
    public void What_goes_frees_enough_and_no_part_of_it_alone_would_do() =>
        Gen.Select(Gen.Int[1, 50].Array[1, 8], Gen.Int[0, 9].Array[8], Gen.Int[1, 200]).Sample((sizes, rates, byteSize) =>
        {
            var candidates = sizes.Select((size, i) => Candidate(size, rates[i])).ToArray();
            var chosen = Choose(byteSize, candidates);
            var freed = chosen.Sum(i => candidates[i].ByteSize);
            return sizes.Sum() < byteSize ? chosen.Count == 0 : freed >= byteSize && chosen.All(i => freed - candidates[i].ByteSize < byteSize);
        });

    private static IReadOnlyList<int> Choose(long byteSize, params EvictionCandidate[] candidates) => EvictionChoice.Choose(candidates, byteSize);

    private static EvictionCandidate Candidate(long byteSize, double rate = 1, int loadMilliseconds = 10) => new(byteSize, rate, TimeSpan.FromMilliseconds(loadMilliseconds));
}
