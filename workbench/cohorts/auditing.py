def audit(cohort,**k): pass
def check_leak(cohort): pass
